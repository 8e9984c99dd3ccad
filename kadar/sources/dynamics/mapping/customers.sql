-- Accounts, and the contacts who belong to none: they buy for themselves.
WITH source AS (
    SELECT l.leadid, l._campaignid_value, coalesce(s.value, l.leadsourcecode_label) AS channel
    FROM lead l
    LEFT JOIN stringmap s ON s.objecttypecode = 'lead' AND s.attributename = 'leadsourcecode'
        AND s.attributevalue = l.leadsourcecode
)
SELECT a._row, a.accountid AS customer_id, a.name,
    coalesce(segment.value, a.customertypecode_label) AS segment,
    coalesce(industry.value, a.industrycode_label) AS industry,
    a.address1_country AS country, a.address1_stateorprovince AS region,
    source.channel, source._campaignid_value AS campaign_id,
    a._ownerid_value AS owner_id, a.createdon AS created_at,
    CASE WHEN a.merged = 'true' THEN a._masterid_value END AS merged_into
FROM account a
LEFT JOIN source ON source.leadid = a._originatingleadid_value
LEFT JOIN stringmap segment ON segment.objecttypecode = 'account'
    AND segment.attributename = 'customertypecode' AND segment.attributevalue = a.customertypecode
LEFT JOIN stringmap industry ON industry.objecttypecode = 'account'
    AND industry.attributename = 'industrycode' AND industry.attributevalue = a.industrycode
UNION ALL
SELECT c._row, c.contactid, c.fullname, NULL, NULL, c.address1_country,
    c.address1_stateorprovince, source.channel, source._campaignid_value,
    c._ownerid_value, c.createdon, CASE WHEN c.merged = 'true' THEN c._masterid_value END
FROM contact c
LEFT JOIN source ON source.leadid = c._originatingleadid_value
WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.accountid = c._parentcustomerid_value)
