-- Instructional and make-up days are school days; every other date that the calendar has
-- is none. A school with several calendars is in session when one of them says so.
SELECT
  c.schoolid AS school_id,
  c.date,
  coalesce(bool_or(d.codevalue IN ('Instructional day', 'Make-up day')), false) AS instructional
FROM edfi.calendardate c
LEFT JOIN edfi.calendardatecalendarevent e
  ON e.schoolid = c.schoolid AND e.schoolyear = c.schoolyear AND e.calendarcode = c.calendarcode AND e.date = c.date
LEFT JOIN edfi.descriptor d ON d.descriptorid = e.calendareventdescriptorid
WHERE c.schoolyear = {year}
GROUP BY c.schoolid, c.date
