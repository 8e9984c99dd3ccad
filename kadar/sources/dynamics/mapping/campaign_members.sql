-- Members of the (static) marketing lists of a campaign. Dataverse knows of no control groups.
WITH buyer AS (
    SELECT c.contactid, coalesce(a.accountid, c.contactid) AS customer_id
    FROM contact c LEFT JOIN account a ON a.accountid = c._parentcustomerid_value
)
SELECT m._row, i.campaignitemid || ':' || m.listmemberid AS campaign_member_id,
    coalesce(i._campaignid_value, i.campaignid) AS campaign_id,
    coalesce(buyer.customer_id, account.accountid) AS customer_id, lead.leadid AS lead_id,
    'treated' AS arm, greatest(i.createdon, m.createdon) AS joined_at
FROM campaignitem i
JOIN listmember m ON m._listid_value = i.entityid
LEFT JOIN account ON account.accountid = m._entityid_value
LEFT JOIN buyer ON buyer.contactid = m._entityid_value
LEFT JOIN lead ON lead.leadid = m._entityid_value
