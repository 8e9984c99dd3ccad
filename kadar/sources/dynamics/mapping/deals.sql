-- An opportunity is worth what was got for it once it is won, else what is hoped for.
WITH buyer AS (
    SELECT c.contactid, a.accountid
    FROM contact c JOIN account a ON a.accountid = c._parentcustomerid_value
), closing AS (
    SELECT _opportunityid_value, max(coalesce(actualend, createdon)) AS moment
    FROM opportunityclose GROUP BY 1
), running AS (  -- the business process each deal is in now
    SELECT _opportunityid_value, arg_max(_activestageid_value, createdon) AS processstageid
    FROM (
        SELECT _opportunityid_value, _activestageid_value, createdon FROM opportunitysalesprocess
        UNION ALL
        SELECT _opportunityid_value, _activestageid_value, createdon
        FROM leadtoopportunitysalesprocess
    )
    GROUP BY 1
), named AS (  -- stages are called as deal_stages calls them
    SELECT count(stepname) > 0 AS by_step,
        NOT EXISTS (
            SELECT 1 FROM audit a WHERE a.objecttypecode = 'opportunity' AND contains(a.changes,
                CASE WHEN count(stepname) > 0 THEN '"stepname"' ELSE '"salesstage"' END)
        ) AND EXISTS (SELECT 1 FROM running) AS by_process
    FROM opportunity
)
SELECT o._row, o.opportunityid AS deal_id,
    coalesce(buyer.accountid, o._customerid_value) AS customer_id,
    o._originatingleadid_value AS lead_id, o.name,
    coalesce(source.value, lead.leadsourcecode_label) AS channel,
    coalesce(o._campaignid_value, lead._campaignid_value) AS campaign_id,
    o._ownerid_value AS owner_id, o.createdon AS created_at,
    CASE WHEN o.statecode IN ('1', '2') THEN coalesce(o.actualclosedate, closing.moment) END
        AS closed_at,
    o.estimatedclosedate AS expected_close_at,
    CASE WHEN named.by_process THEN coalesce(processstage.stagename, o.stepname)
        WHEN named.by_step THEN o.stepname
        ELSE coalesce(salesstage.value, o.salesstage_label) END AS stage,
    CASE o.statecode WHEN '0' THEN 'open' WHEN '1' THEN 'won' WHEN '2' THEN 'lost' END AS outcome,
    CASE WHEN o.statecode = '2' THEN coalesce(status.value, o.statuscode_label) END AS lost_reason,
    CASE WHEN o.statecode = '1' THEN coalesce(o.actualvalue, o.estimatedvalue)
        ELSE o.estimatedvalue END AS amount,
    currency.isocurrencycode AS currency
FROM opportunity o
CROSS JOIN named
LEFT JOIN buyer ON buyer.contactid = o._customerid_value
LEFT JOIN closing ON closing._opportunityid_value = o.opportunityid
LEFT JOIN running ON running._opportunityid_value = o.opportunityid
LEFT JOIN processstage ON processstage.processstageid = running.processstageid
LEFT JOIN lead ON lead.leadid = o._originatingleadid_value
LEFT JOIN stringmap source ON source.objecttypecode = 'lead'
    AND source.attributename = 'leadsourcecode' AND source.attributevalue = lead.leadsourcecode
LEFT JOIN stringmap salesstage ON salesstage.objecttypecode = 'opportunity'
    AND salesstage.attributename = 'salesstage' AND salesstage.attributevalue = o.salesstage
LEFT JOIN stringmap status ON status.objecttypecode = 'opportunity'
    AND status.attributename = 'statuscode' AND status.attributevalue = o.statuscode
LEFT JOIN transactioncurrency currency
    ON currency.transactioncurrencyid = o._transactioncurrencyid_value
