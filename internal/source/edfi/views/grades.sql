-- Marks of grading periods; a course is called what the school calls it.
SELECT
  s.studentuniqueid AS student_id,
  period.codevalue AS term,
  coalesce(c.localcoursetitle, g.localcoursecode) AS course,
  coalesce(g.lettergradeearned, trim_scale(g.numericgradeearned)::text) AS mark,
  (SELECT min(staff.firstname || ' ' || staff.lastsurname)
     FROM edfi.staffsectionassociation t
     JOIN edfi.staff staff ON staff.staffusi = t.staffusi
    WHERE t.schoolid = g.schoolid AND t.schoolyear = g.schoolyear AND t.sessionname = g.sessionname
      AND t.localcoursecode = g.localcoursecode AND t.sectionidentifier = g.sectionidentifier) AS teacher,
  trim_scale(g.numericgradeearned)::text AS percent
FROM edfi.grade g
JOIN edfi.student s ON s.studentusi = g.studentusi
JOIN edfi.descriptor kind ON kind.descriptorid = g.gradetypedescriptorid
JOIN edfi.descriptor period ON period.descriptorid = g.gradingperioddescriptorid
LEFT JOIN edfi.courseoffering c
  ON c.schoolid = g.schoolid AND c.schoolyear = g.schoolyear AND c.sessionname = g.sessionname AND c.localcoursecode = g.localcoursecode
WHERE g.schoolyear = {year} AND kind.codevalue IN ('Grading Period', 'Progress Report', 'Semester')
  AND coalesce(g.lettergradeearned, g.numericgradeearned::text) IS NOT NULL
