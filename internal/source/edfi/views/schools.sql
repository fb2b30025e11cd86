-- A school is daily where no class period of it is an official attendance period.
SELECT
  s.schoolid AS school_id,
  o.nameofinstitution AS name,
  (SELECT min(c.identificationcode)
     FROM edfi.educationorganizationidentificationcode c
     JOIN edfi.descriptor d ON d.descriptorid = c.educationorganizationidentificationsystemdescriptorid
    WHERE c.educationorganizationid = s.schoolid AND d.codevalue = 'SEA') AS cds_code,
  a.streetnumbername AS street,
  a.city,
  a.state,
  a.postalcode AS zip,
  (SELECT min(t.telephonenumber)
     FROM edfi.educationorganizationinstitutiontelephone t
     JOIN edfi.descriptor d ON d.descriptorid = t.institutiontelephonenumbertypedescriptorid
    WHERE t.educationorganizationid = s.schoolid AND d.codevalue = 'Main') AS phone,
  nullif((SELECT count(*) FROM edfi.classperiod p WHERE p.schoolid = s.schoolid AND p.officialattendanceperiod), 0) AS periods_per_day
FROM edfi.school s
JOIN edfi.educationorganization o ON o.educationorganizationid = s.schoolid
LEFT JOIN LATERAL (
  SELECT a.streetnumbername, a.city, state.codevalue AS state, a.postalcode
    FROM edfi.educationorganizationaddress a
    JOIN edfi.descriptor kind ON kind.descriptorid = a.addresstypedescriptorid
    JOIN edfi.descriptor state ON state.descriptorid = a.stateabbreviationdescriptorid
   WHERE a.educationorganizationid = s.schoolid
   ORDER BY kind.codevalue <> 'Mailing', kind.codevalue <> 'Physical', kind.codevalue, a.streetnumbername
   LIMIT 1
) a ON true
