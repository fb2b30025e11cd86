-- Events of the school day are whole days, or of a part of one by their duration; events of a
-- section are of its class periods, and where a school has official attendance periods of
-- those alone: a class that it does not count by is no part of its day. What is known of no
-- class period is of the section, or of a part of the day; it is left out where one period is
-- the whole day, which it is not. One event may come once for each session of the year.
-- (A student's events are to be found by their index: no CTE of them.)
WITH official AS (
  SELECT schoolid, count(*) AS periods FROM edfi.classperiod WHERE officialattendanceperiod GROUP BY schoolid
)
SELECT DISTINCT s.studentuniqueid AS student_id, e.schoolid AS school_id, e.eventdate AS date, d.codevalue AS code,
  CASE WHEN {duration} > 0 AND {duration} < 1 THEN 'part of the day' END AS period
FROM edfi.studentschoolattendanceevent e
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor d ON d.descriptorid = e.attendanceeventcategorydescriptorid
LEFT JOIN official o ON o.schoolid = e.schoolid
WHERE e.schoolyear = {year}
  AND NOT ({duration} > 0 AND {duration} < 1 AND coalesce(o.periods, 0) = 1)
UNION ALL
SELECT DISTINCT s.studentuniqueid, e.schoolid, e.eventdate, d.codevalue, coalesce(p.classperiodname, e.sectionidentifier)
FROM edfi.studentsectionattendanceevent e
LEFT JOIN edfi.sectionclassperiod p
  ON p.schoolid = e.schoolid AND p.schoolyear = e.schoolyear AND p.sessionname = e.sessionname
 AND p.localcoursecode = e.localcoursecode AND p.sectionidentifier = e.sectionidentifier
LEFT JOIN edfi.classperiod cp ON cp.schoolid = p.schoolid AND cp.classperiodname = p.classperiodname
LEFT JOIN official o ON o.schoolid = e.schoolid
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor d ON d.descriptorid = e.attendanceeventcategorydescriptorid
WHERE e.schoolyear = {year}
  AND (o.periods IS NULL OR cp.officialattendanceperiod OR p.classperiodname IS NULL AND o.periods > 1)
