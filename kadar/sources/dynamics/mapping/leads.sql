-- Dataverse does not keep when a lead was qualified or disqualified. The audit log says; else the
-- deal, account or contact made of it, which were created then; else the first version seen so.
WITH audited AS (
    SELECT a._objectid_value AS leadid, c.newValue AS statecode, max(a.createdon) AS moment
    FROM audit a, unnest(from_json(a.changes,
        '[{"logicalName":"VARCHAR","newValue":"VARCHAR"}]')) AS _(c)
    WHERE a.objecttypecode = 'lead' AND c.logicalName = 'statecode'
    GROUP BY ALL
), seen AS (
    SELECT v.leadid, v.statecode, min(v.modifiedon) AS moment
    FROM lead__versions v
    LEFT JOIN (
        SELECT leadid, max(_row) AS last_open FROM lead__versions WHERE statecode = '0' GROUP BY 1
    ) o USING (leadid)
    WHERE NOT v._deleted AND v._row > coalesce(o.last_open, 0)
    GROUP BY ALL
), buyer AS (
    SELECT c.contactid, coalesce(a.accountid, c.contactid) AS customer_id, c.createdon,
        c._originatingleadid_value
    FROM contact c LEFT JOIN account a ON a.accountid = c._parentcustomerid_value
), made AS (  -- what became of each lead
    SELECT leadid, min(moment) AS moment, arg_min(customer_id, place) AS customer_id,
        arg_min(deal_id, place) AS deal_id
    FROM (
        SELECT _originatingleadid_value AS leadid, createdon AS moment, accountid AS customer_id,
            NULL AS deal_id, 1 AS place
        FROM account
        UNION ALL
        SELECT _originatingleadid_value, createdon, customer_id, NULL, 2 FROM buyer
        UNION ALL
        SELECT o._originatingleadid_value, o.createdon,
            coalesce(b.customer_id, o._customerid_value), o.opportunityid, 3
        FROM opportunity o LEFT JOIN buyer b ON b.contactid = o._customerid_value
    )
    WHERE leadid IS NOT NULL GROUP BY 1
)
SELECT l._row, l.leadid AS lead_id, l.createdon AS created_at,
    coalesce(source.value, l.leadsourcecode_label) AS channel,
    l._campaignid_value AS campaign_id, l._ownerid_value AS owner_id,
    l.address1_country AS country, coalesce(status.value, l.statuscode_label) AS status,
    CASE WHEN l.statecode = '1' THEN coalesce(audited.moment, made.moment, seen.moment) END
        AS converted_at,
    CASE WHEN l.statecode = '1' THEN coalesce(l._parentaccountid_value, parent.customer_id,
        l._parentcontactid_value, made.customer_id) END AS customer_id,
    coalesce(l._qualifyingopportunityid_value, made.deal_id) AS deal_id,
    CASE WHEN l.statecode = '2' THEN coalesce(audited.moment, seen.moment) END AS disqualified_at,
    CASE WHEN l.statecode = '2' THEN coalesce(status.value, l.statuscode_label) END
        AS disqualified_reason,
    coalesce(least(account.createdon, parent.createdon) < l.createdon, FALSE) AS existing_customer
FROM lead l
LEFT JOIN stringmap source ON source.objecttypecode = 'lead'
    AND source.attributename = 'leadsourcecode' AND source.attributevalue = l.leadsourcecode
LEFT JOIN stringmap status ON status.objecttypecode = 'lead'
    AND status.attributename = 'statuscode' AND status.attributevalue = l.statuscode
LEFT JOIN audited ON audited.leadid = l.leadid AND audited.statecode = l.statecode
LEFT JOIN seen ON seen.leadid = l.leadid AND seen.statecode = l.statecode
LEFT JOIN made ON made.leadid = l.leadid
LEFT JOIN buyer parent ON parent.contactid = l._parentcontactid_value
LEFT JOIN account ON account.accountid = l._parentaccountid_value
WHERE l.merged IS DISTINCT FROM 'true'
