-- Users, and the teams that can own records; applications are no people.
SELECT _row, systemuserid AS person_id, fullname AS name, internalemailaddress AS email,
    businessunitid_name AS team, title AS role, _parentsystemuserid_value AS manager_id,
    isdisabled IS DISTINCT FROM 'true' AS active
FROM systemuser
WHERE applicationid IS NULL
UNION ALL
SELECT _row, teamid, name, emailaddress, name, 'team', NULL, TRUE
FROM team
