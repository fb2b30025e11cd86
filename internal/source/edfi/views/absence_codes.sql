-- The codes are the attendance categories that are in use; what the standard's own mean
-- is known, a state's or district's own are for the configuration to say.
SELECT
  d.codevalue AS code,
  CASE d.codevalue
    WHEN 'Excused Absence' THEN 'excused' WHEN 'Unexcused Absence' THEN 'unexcused'
    WHEN 'Tardy' THEN 'tardy' WHEN 'In Attendance' THEN 'present' WHEN 'Early departure' THEN 'present'
    ELSE d.codevalue
  END AS category,
  min(d.shortdescription) AS description
FROM edfi.descriptor d
WHERE d.descriptorid IN (
  SELECT attendanceeventcategorydescriptorid FROM edfi.studentschoolattendanceevent WHERE schoolyear = {year}
  UNION SELECT attendanceeventcategorydescriptorid FROM edfi.studentsectionattendanceevent WHERE schoolyear = {year})
GROUP BY d.codevalue
