-- Stays in stages, from the best history there is: the audit log of the stage's column; else the
-- rows of business processes; else the versions of each deal that syncs have seen. A stay whose
-- beginning nobody knows is left out, and so is one that ended nobody knows when.
WITH used AS (
    SELECT CASE WHEN count(stepname) > 0 THEN 'stepname' ELSE 'salesstage' END AS stage
    FROM opportunity
), audited AS (
    SELECT a._objectid_value AS id, a.createdon AS moment, a._row AS place, c.logicalName AS name,
        c.oldValue AS old, c.newValue AS new
    FROM audit a, unnest(from_json(a.changes,
        '[{"logicalName":"VARCHAR","oldValue":"VARCHAR","newValue":"VARCHAR"}]')) AS _(c)
    WHERE a.objecttypecode = 'opportunity'
), moved AS (
    SELECT audited.* FROM audited JOIN used ON used.stage = audited.name
), began AS (
    SELECT min(moment) AS moment FROM audited  -- from when the log is complete, at the latest
), process AS (
    SELECT businessprocessflowinstanceid AS instance, _opportunityid_value AS id,
        _activestageid_value AS stageid, activestagestartedon AS moment, createdon, completedon,
        string_split(traversedpath, ',') AS path
    FROM opportunitysalesprocess__versions WHERE NOT _deleted
    UNION ALL
    SELECT businessprocessflowinstanceid, _opportunityid_value, _activestageid_value,
        activestagestartedon, createdon, completedon, string_split(traversedpath, ',')
    FROM leadtoopportunitysalesprocess__versions WHERE NOT _deleted
), method AS (
    SELECT NOT EXISTS (SELECT 1 FROM moved) AND EXISTS (SELECT 1 FROM process) AS by_process
), closed AS (
    SELECT o.opportunityid AS id,
        coalesce(max(a.moment), max(c.createdon), any_value(o.actualclosedate)) AS moment
    FROM opportunity o
    LEFT JOIN audited a ON a.id = o.opportunityid AND a.name = 'statecode' AND a.new IN ('1', '2')
    LEFT JOIN opportunityclose c ON c._opportunityid_value = o.opportunityid
    WHERE o.statecode IN ('1', '2')
    GROUP BY 1
), versions AS (
    SELECT v.opportunityid AS id, v.modifiedon, v.createdon, v._row AS place,
        CASE used.stage WHEN 'stepname' THEN v.stepname ELSE v.salesstage END AS stage
    FROM opportunity__versions v CROSS JOIN used
    WHERE NOT v._deleted
), entered AS (
    SELECT id, moment, place, new AS stage FROM moved WHERE new IS NOT NULL
    UNION ALL  -- the stage before the first change, where the log knows of all changes
    SELECT o.opportunityid, o.createdon, 0, first.old
    FROM (SELECT id, arg_min(old, (moment, place)) AS old FROM moved GROUP BY 1) first
    JOIN opportunity o ON o.opportunityid = first.id
    JOIN began ON o.createdon >= began.moment
    WHERE first.old IS NOT NULL
    UNION ALL  -- no change in the log: the first stage where that is sure, then what syncs saw
    SELECT v.id, CASE WHEN v.before IS NULL THEN v.createdon ELSE v.modifiedon END, v.place, v.stage
    FROM (
        SELECT *, lag(stage) OVER w AS before, row_number() OVER w AS version
        FROM versions WINDOW w AS (PARTITION BY id ORDER BY place)
    ) v
    LEFT JOIN began ON TRUE
    WHERE v.stage IS NOT NULL AND v.stage IS DISTINCT FROM v.before
        AND (v.before IS NOT NULL OR v.modifiedon = v.createdon OR v.createdon >= began.moment)
        AND v.id NOT IN (SELECT id FROM moved)
), stays AS (
    SELECT id, stage, moment, place, lead(moment) OVER w AS left_at
    FROM (
        SELECT * FROM entered
        QUALIFY stage IS DISTINCT FROM lag(stage) OVER (PARTITION BY id ORDER BY moment, place)
    )
    WINDOW w AS (PARTITION BY id ORDER BY moment, place)
), visits AS (  -- of processes: the stage that is active, and the first one
    SELECT DISTINCT instance, id, stageid, moment,
        coalesce(list_position(path, stageid), 1) AS place
    FROM process
    UNION
    SELECT DISTINCT instance, id, path[1], createdon, 1 FROM process WHERE path[1] IS NOT NULL
), latest AS (  -- a deal that changed its process is in the one begun last
    SELECT id, arg_max(instance, createdon) AS instance, arg_max(completedon, createdon) AS done
    FROM process GROUP BY 1
), walked AS (
    SELECT v.id, s.stagename AS stage, v.place, v.moment, v.done,
        lead(v.moment) OVER w AS left_at, lead(v.place) OVER w AS next_place
    FROM (
        SELECT v.*, latest.done FROM visits v JOIN latest ON latest.instance = v.instance
        QUALIFY v.stageid IS DISTINCT FROM
            lag(v.stageid) OVER (PARTITION BY v.id ORDER BY v.moment, v.place)
    ) v
    LEFT JOIN processstage s ON s.processstageid = v.stageid
    WINDOW w AS (PARTITION BY v.id ORDER BY v.moment, v.place)
), found AS (
    SELECT s.id, CASE used.stage WHEN 'stepname' THEN s.stage ELSE coalesce(l.value, s.stage) END
            AS stage,
        CASE used.stage WHEN 'stepname' THEN nullif(regexp_extract(s.stage, '^\s*([0-9]+)', 1), '')
            ELSE (s.stage::BIGINT + 1)::VARCHAR END AS position,
        s.moment, s.left_at
    FROM stays s CROSS JOIN used CROSS JOIN method
    LEFT JOIN stringmap l ON l.objecttypecode = 'opportunity' AND l.attributename = 'salesstage'
        AND l.attributevalue = s.stage
    WHERE NOT method.by_process
    UNION ALL
    SELECT id, stage, place::VARCHAR, moment, coalesce(left_at, done)
    FROM walked CROSS JOIN method
    WHERE method.by_process AND (next_place IS NULL OR next_place <= place + 1)
)
SELECT o._row, o.opportunityid AS deal_id, f.stage, f.position, f.moment AS entered_at,
    CASE WHEN coalesce(f.left_at, closed.moment) IS NOT NULL
        THEN coalesce(f.left_at, greatest(f.moment, closed.moment)) END AS left_at
FROM found f
JOIN opportunity o ON o.opportunityid = f.id
LEFT JOIN closed ON closed.id = f.id
WHERE f.stage IS NOT NULL AND f.moment IS DISTINCT FROM f.left_at
