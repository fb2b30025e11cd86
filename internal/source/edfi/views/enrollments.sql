-- The homeroom is the section that is marked as one, its teacher that section's. Of the
-- school year's enrollments, as of the day.
SELECT
  s.studentuniqueid AS student_id,
  e.schoolid AS school_id,
  CASE grade.codevalue
    WHEN 'Transitional Kindergarten' THEN 'TK' WHEN 'Kindergarten' THEN 'K'
    WHEN 'First grade' THEN '1' WHEN 'Second grade' THEN '2' WHEN 'Third grade' THEN '3' WHEN 'Fourth grade' THEN '4'
    WHEN 'Fifth grade' THEN '5' WHEN 'Sixth grade' THEN '6' WHEN 'Seventh grade' THEN '7' WHEN 'Eighth grade' THEN '8'
    WHEN 'Ninth grade' THEN '9' WHEN 'Tenth grade' THEN '10' WHEN 'Eleventh grade' THEN '11' WHEN 'Twelfth grade' THEN '12'
    ELSE grade.codevalue
  END AS grade,
  e.entrydate AS entry_date,
  e.exitwithdrawdate AS exit_date,
  room.homeroom,
  room.teacher AS homeroom_teacher
FROM edfi.studentschoolassociation e
JOIN edfi.student s ON s.studentusi = e.studentusi
JOIN edfi.descriptor grade ON grade.descriptorid = e.entrygradeleveldescriptorid
LEFT JOIN LATERAL (
  SELECT h.sectionidentifier AS homeroom, staff.firstname || ' ' || staff.lastsurname AS teacher
    FROM edfi.studentsectionassociation h
    LEFT JOIN edfi.staffsectionassociation t
      ON t.schoolid = h.schoolid AND t.schoolyear = h.schoolyear AND t.sessionname = h.sessionname
     AND t.localcoursecode = h.localcoursecode AND t.sectionidentifier = h.sectionidentifier
    LEFT JOIN edfi.staff staff ON staff.staffusi = t.staffusi
   WHERE h.studentusi = e.studentusi AND h.schoolid = e.schoolid AND h.schoolyear = {year} AND h.homeroomindicator
   ORDER BY h.begindate DESC, h.sectionidentifier, teacher
   LIMIT 1
) room ON true
WHERE grade.codevalue NOT IN ('Preschool/Prekindergarten', 'Infant/toddler', 'Early Education', 'Adult Education')
