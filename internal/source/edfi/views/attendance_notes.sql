-- The reason of an event is where systems write the office's comment.
SELECT DISTINCT s.studentuniqueid AS student_id, e.eventdate AS date, e.attendanceeventreason AS note
FROM edfi.studentschoolattendanceevent e
JOIN edfi.student s ON s.studentusi = e.studentusi
WHERE e.schoolyear = {year} AND e.attendanceeventreason <> ''
