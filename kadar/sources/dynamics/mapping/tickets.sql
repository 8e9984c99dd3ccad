-- A case that was cancelled, or merged into another, was never resolved: it is left out. The first
-- response is that of the case's SLA; without one, the first e-mail or call out that a person made.
WITH resolution AS (
    SELECT _incidentid_value, count(*) AS count, min(moment) AS first_at, max(moment) AS last_at
    FROM (SELECT *, coalesce(actualend, createdon) AS moment FROM incidentresolution)
    WHERE _incidentid_value IS NOT NULL GROUP BY 1
), closed AS (  -- where no resolution can be read: as the audit log has it
    SELECT a._objectid_value AS id, min(a.createdon) AS first_at, max(a.createdon) AS last_at,
        count(*) AS count
    FROM audit a, unnest(from_json(a.changes,
        '[{"logicalName":"VARCHAR","newValue":"VARCHAR"}]')) AS _(c)
    WHERE a.objecttypecode = 'incident' AND c.logicalName = 'statecode' AND c.newValue = '1'
    GROUP BY 1
), sent AS (
    SELECT p._regardingobjectid_value AS id,
        min(moment) FILTER (isworkflowcreated IS DISTINCT FROM 'true') AS moment,
        min(moment) FILTER (isworkflowcreated = 'true') AS automatically_at
    FROM (
        SELECT *, coalesce(senton, actualend, modifiedon) AS moment FROM activitypointer
        WHERE statecode = '1'
    ) p
    LEFT JOIN email ON email.activityid = p.activityid
    LEFT JOIN phonecall ON phonecall.activityid = p.activityid
    WHERE 'true' IN (email.directioncode, phonecall.directioncode)
    GROUP BY 1
), buyer AS (
    SELECT c.contactid, a.accountid
    FROM contact c JOIN account a ON a.accountid = c._parentcustomerid_value
)
SELECT i._row, i.incidentid AS ticket_id,
    coalesce(buyer.accountid, i._customerid_value) AS customer_id,
    coalesce(channel.value, i.caseorigincode_label) AS channel,
    coalesce(category.value, i.casetypecode_label, i.subjectid_name) AS category,
    coalesce(priority.value, i.prioritycode_label) AS priority,
    i._ownerid_value AS owner_id, i.createdon AS created_at,
    coalesce(kpi.succeededon, sent.moment) AS responded_at,
    CASE WHEN i.statecode = '1' THEN coalesce(resolution.last_at, closed.last_at) END
        AS resolved_at,
    coalesce(resolution.first_at, closed.first_at) AS first_resolved_at,
    greatest(coalesce(resolution.count, closed.count, 0) - (i.statecode = '1')::BIGINT, 0)
        AS reopened,
    CASE WHEN i.statecode = '1' THEN 'resolved' ELSE 'open' END AS status,
    coalesce(stage.value, i.statuscode_label) AS stage,
    sent.automatically_at AS automated_reply_at
FROM incident i
LEFT JOIN resolution ON resolution._incidentid_value = i.incidentid
LEFT JOIN closed ON closed.id = i.incidentid
LEFT JOIN slakpiinstance kpi ON kpi.slakpiinstanceid = i._firstresponsebykpiid_value
LEFT JOIN sent ON sent.id = i.incidentid
LEFT JOIN buyer ON buyer.contactid = i._customerid_value
LEFT JOIN stringmap channel ON channel.objecttypecode = 'incident'
    AND channel.attributename = 'caseorigincode' AND channel.attributevalue = i.caseorigincode
LEFT JOIN stringmap category ON category.objecttypecode = 'incident'
    AND category.attributename = 'casetypecode' AND category.attributevalue = i.casetypecode
LEFT JOIN stringmap priority ON priority.objecttypecode = 'incident'
    AND priority.attributename = 'prioritycode' AND priority.attributevalue = i.prioritycode
LEFT JOIN stringmap stage ON stage.objecttypecode = 'incident'
    AND stage.attributename = 'statuscode' AND stage.attributevalue = i.statuscode
WHERE i.statecode <> '2' AND i.merged IS DISTINCT FROM 'true'
