-- From version 4 of the standard on: what the gradebook says is missing.
SELECT
  s.studentuniqueid AS student_id,
  coalesce(c.localcoursetitle, b.localcoursecode) AS course,
  b.title,
  b.duedate AS due_date,
  (SELECT min(staff.firstname || ' ' || staff.lastsurname)
     FROM edfi.staffsectionassociation t
     JOIN edfi.staff staff ON staff.staffusi = t.staffusi
    WHERE t.schoolid = b.schoolid AND t.schoolyear = b.schoolyear AND t.sessionname = b.sessionname
      AND t.localcoursecode = b.localcoursecode AND t.sectionidentifier = b.sectionidentifier) AS teacher,
  trim_scale(b.maxpoints)::text AS points
FROM edfi.studentgradebookentry e
JOIN edfi.gradebookentry b ON b.gradebookentryidentifier = e.gradebookentryidentifier AND b.namespace = e.namespace
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor status ON status.descriptorid = e.submissionstatusdescriptorid
LEFT JOIN edfi.courseoffering c
  ON c.schoolid = b.schoolid AND c.schoolyear = b.schoolyear AND c.sessionname = b.sessionname AND c.localcoursecode = b.localcoursecode
WHERE status.codevalue = 'Missing' AND b.schoolyear = {year}
