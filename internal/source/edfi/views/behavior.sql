-- An incident is a student's own by what the student did in it.
SELECT
  s.studentuniqueid AS student_id,
  i.incidentdate AS date,
  coalesce(nullif(b.behaviordetaileddescription, ''), what.codevalue) AS incident,
  place.codevalue AS location,
  (SELECT string_agg(DISTINCT d.codevalue, ', ' ORDER BY d.codevalue)
     FROM edfi.disciplineactionstudentdisciplineincidentbehaviorassociation a
     JOIN edfi.disciplineactiondiscipline x
       ON x.disciplineactionidentifier = a.disciplineactionidentifier AND x.disciplinedate = a.disciplinedate AND x.studentusi = a.studentusi
     JOIN edfi.descriptor d ON d.descriptorid = x.disciplinedescriptorid
    WHERE a.studentusi = b.studentusi AND a.schoolid = b.schoolid AND a.incidentidentifier = b.incidentidentifier
      AND a.behaviordescriptorid = b.behaviordescriptorid) AS action
FROM edfi.studentdisciplineincidentbehaviorassociation b
JOIN edfi.disciplineincident i ON i.schoolid = b.schoolid AND i.incidentidentifier = b.incidentidentifier
JOIN edfi.student s ON s.studentusi = b.studentusi
JOIN edfi.descriptor what ON what.descriptorid = b.behaviordescriptorid
LEFT JOIN edfi.descriptor place ON place.descriptorid = i.incidentlocationdescriptorid
WHERE i.incidentdate BETWEEN make_date({year} - 1, 7, 1) AND make_date({year}, 6, 30)
