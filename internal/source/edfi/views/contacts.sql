-- {contact} is a parent up to version 4 of the standard. The address to write to is the
-- mailing one, else the home's, of those that have not ended. Whom the school may not freely
-- have to do with is not written to, nor who is there for emergencies alone.
SELECT
  s.studentuniqueid AS student_id,
  c.{contact}uniqueid AS contact_id,
  c.firstname || ' ' || c.lastsurname AS name,
  relation.codevalue AS relationship,
  {language(SELECT min(l.codevalue)
     FROM edfi.{contact}language cl
     JOIN edfi.descriptor l ON l.descriptorid = cl.languagedescriptorid
    WHERE cl.{contact}usi = c.{contact}usi)} AS language,
  a.street,
  a.unit,
  a.city,
  a.state,
  a.zip,
  (SELECT t.telephonenumber
     FROM edfi.{contact}telephone t
    WHERE t.{contact}usi = c.{contact}usi
    ORDER BY t.orderofpriority NULLS LAST, t.telephonenumber
    LIMIT 1) AS phone,
  (SELECT m.electronicmailaddress
     FROM edfi.{contact}electronicmail m
    WHERE m.{contact}usi = c.{contact}usi
    ORDER BY m.primaryemailaddressindicator IS NOT TRUE, m.electronicmailaddress
    LIMIT 1) AS email,
  k.contactpriority AS priority,
  CASE
    WHEN coalesce(trim(to_jsonb(k)->>'contactrestrictions'), '') <> '' THEN 'false'
    WHEN (to_jsonb(k)->>'emergencycontactstatus')::boolean
     AND 'true' NOT IN (coalesce(to_jsonb(k)->>'primarycontactstatus', ''), coalesce(to_jsonb(k)->>'legalguardian', ''), coalesce(to_jsonb(k)->>'liveswith', '')) THEN 'false'
  END AS receives_mail
FROM edfi.student{contact}association k
JOIN edfi.student s ON s.studentusi = k.studentusi
JOIN edfi.{contact} c ON c.{contact}usi = k.{contact}usi
LEFT JOIN edfi.descriptor relation ON relation.descriptorid = k.relationdescriptorid
LEFT JOIN LATERAL (
  SELECT a.streetnumbername AS street, a.apartmentroomsuitenumber AS unit, a.city, state.codevalue AS state, a.postalcode AS zip
    FROM edfi.{contact}address a
    JOIN edfi.descriptor kind ON kind.descriptorid = a.addresstypedescriptorid
    JOIN edfi.descriptor state ON state.descriptorid = a.stateabbreviationdescriptorid
   WHERE a.{contact}usi = c.{contact}usi {current}
   ORDER BY kind.codevalue <> 'Mailing', kind.codevalue <> 'Home', kind.codevalue, a.streetnumbername
   LIMIT 1
) a ON true
