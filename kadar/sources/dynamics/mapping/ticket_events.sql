-- Resolutions are records of their own; reopenings and owners come from the audit log, and without
-- it from the versions syncs have seen; responses and pauses from the SLA and from what was sent.
WITH ticket AS (
    SELECT * FROM incident WHERE statecode <> '2' AND merged IS DISTINCT FROM 'true'
), audited AS (
    SELECT a._row, a._objectid_value AS id, a.createdon AS moment, a._userid_value AS person,
        a.operation, c.logicalName AS name, c.oldValue AS old, c.newValue AS new
    FROM audit a, unnest(from_json(a.changes,
        '[{"logicalName":"VARCHAR","oldValue":"VARCHAR","newValue":"VARCHAR"}]')) AS _(c)
    WHERE a.objecttypecode = 'incident'
), versions AS (
    SELECT *, lag(statecode) OVER w AS state_before, lag(_ownerid_value) OVER w AS owner_before
    FROM incident__versions WHERE NOT _deleted
    WINDOW w AS (PARTITION BY incidentid ORDER BY _row)
), happened AS (
    SELECT _row, incidentid AS id, createdon AS moment, 'created' AS event, NULL AS person,
        NULL::BOOLEAN AS automated
    FROM ticket
    UNION ALL
    SELECT _row, _incidentid_value, coalesce(actualend, createdon), 'resolved', _ownerid_value, NULL
    FROM incidentresolution
    UNION ALL
    SELECT _row, id, moment, 'resolved', person, NULL FROM audited
    WHERE name = 'statecode' AND new = '1'
        AND id NOT IN (
            SELECT _incidentid_value FROM incidentresolution WHERE _incidentid_value IS NOT NULL)
    UNION ALL
    SELECT _row, id, moment, 'reopened', person, NULL FROM audited
    WHERE name = 'statecode' AND old = '1' AND new = '0'
    UNION ALL
    SELECT _row, incidentid, modifiedon, 'reopened', NULL, NULL FROM versions
    WHERE state_before = '1' AND statecode = '0'
        AND incidentid NOT IN (
            SELECT id FROM audited WHERE name = 'statecode' AND old = '1' AND new = '0')
    UNION ALL
    SELECT _row, id, moment, 'assigned', regexp_extract(new, '[0-9a-fA-F-]{36}'), NULL FROM audited
    WHERE name = 'ownerid' AND operation = '2'
    UNION ALL
    SELECT _row, incidentid, modifiedon, 'assigned', _ownerid_value, NULL FROM versions
    WHERE owner_before <> _ownerid_value
        AND incidentid NOT IN (SELECT id FROM audited WHERE name = 'ownerid' AND operation = '2')
    UNION ALL
    SELECT kpi._row, i.incidentid, kpi.succeededon, 'responded', i._ownerid_value, NULL
    FROM ticket i JOIN slakpiinstance kpi ON kpi.slakpiinstanceid = i._firstresponsebykpiid_value
    UNION ALL
    SELECT p._row, p._regardingobjectid_value, coalesce(p.senton, p.actualend, p.modifiedon),
        'responded', p._ownerid_value, p.isworkflowcreated = 'true'
    FROM activitypointer p
    LEFT JOIN email ON email.activityid = p.activityid
    LEFT JOIN phonecall ON phonecall.activityid = p.activityid
    WHERE p.statecode = '1' AND 'true' IN (email.directioncode, phonecall.directioncode)
    UNION ALL
    SELECT _row, _regarding_value, pausedon, 'paused', NULL, NULL FROM slakpiinstance__versions
    WHERE NOT _deleted
    UNION ALL
    SELECT _row, _regarding_value, lastresumetime, 'resumed', NULL, NULL
    FROM slakpiinstance__versions WHERE NOT _deleted
)
SELECT max(h._row) AS _row, h.id AS ticket_id, h.moment AS occurred_at, h.event,
    arg_max(h.person, h._row) AS owner_id, bool_and(h.automated) AS automated
FROM happened h JOIN ticket i ON i.incidentid = h.id
WHERE h.moment IS NOT NULL
GROUP BY h.id, h.moment, h.event
