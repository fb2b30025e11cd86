-- Events of the school day are whole days, events of a section are of its class periods.
-- One event may come once for each session of the year.
SELECT DISTINCT s.studentuniqueid AS student_id, e.schoolid AS school_id, e.eventdate AS date, d.codevalue AS code, NULL AS period
FROM edfi.studentschoolattendanceevent e
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor d ON d.descriptorid = e.attendanceeventcategorydescriptorid
WHERE e.schoolyear = {year}
UNION ALL
SELECT DISTINCT s.studentuniqueid, e.schoolid, e.eventdate, d.codevalue, p.classperiodname
FROM edfi.studentsectionattendanceevent e
JOIN edfi.sectionclassperiod p
  ON p.schoolid = e.schoolid AND p.schoolyear = e.schoolyear AND p.sessionname = e.sessionname
 AND p.localcoursecode = e.localcoursecode AND p.sectionidentifier = e.sectionidentifier
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor d ON d.descriptorid = e.attendanceeventcategorydescriptorid
WHERE e.schoolyear = {year}
