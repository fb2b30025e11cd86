-- Columns that not every version has are asked of the row as JSON, which knows none by
-- name. The home language is the one of that use.
SELECT
  s.studentuniqueid AS student_id,
  s.lastsurname AS last_name,
  s.firstname AS first_name,
  s.middlename AS middle_name,
  to_jsonb(s) ->> 'preferredfirstname' AS preferred_name,
  (SELECT min(i.identificationcode)
     FROM edfi.studenteducationorganizationassociationstudentidentifica_c15030 i
     JOIN edfi.descriptor d ON d.descriptorid = i.studentidentificationsystemdescriptorid
    WHERE i.studentusi = s.studentusi AND d.codevalue = 'State') AS ssid,
  s.birthdate,
  {language(SELECT min(l.codevalue)
     FROM edfi.studenteducationorganizationassociationlanguageuse u
     JOIN edfi.descriptor l ON l.descriptorid = u.languagedescriptorid
     JOIN edfi.descriptor use ON use.descriptorid = u.languageusedescriptorid
    WHERE u.studentusi = s.studentusi AND use.codevalue = 'Home language')} AS home_language
FROM edfi.student s
