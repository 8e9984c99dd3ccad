-- Activities that took place: tasks and the system's own notes of closing things are no
-- interactions, and surveys are surveys.
WITH buyer AS (
    SELECT c.contactid, coalesce(a.accountid, c.contactid) AS customer_id
    FROM contact c LEFT JOIN account a ON a.accountid = c._parentcustomerid_value
), regarding AS (  -- whom a record is about
    SELECT accountid AS id, accountid AS customer_id, NULL AS contact_id, NULL AS lead_id,
        NULL AS campaign_id
    FROM account
    UNION ALL
    SELECT contactid, customer_id, contactid, NULL, NULL FROM buyer
    UNION ALL
    SELECT leadid, NULL, NULL, leadid, _campaignid_value FROM lead
    UNION ALL
    SELECT campaignid, NULL, NULL, NULL, campaignid FROM campaign
    UNION ALL
    SELECT r.id, coalesce(b.customer_id, r.customer), b.contactid, NULL, NULL
    FROM (
        SELECT opportunityid AS id, _customerid_value AS customer FROM opportunity
        UNION ALL SELECT incidentid, _customerid_value FROM incident
        UNION ALL SELECT salesorderid, _customerid_value FROM salesorder
        UNION ALL SELECT invoiceid, _customerid_value FROM invoice
        UNION ALL SELECT contractid, _customerid_value FROM contract
    ) r
    LEFT JOIN buyer b ON b.contactid = r.customer
)
SELECT p._row, p.activityid AS interaction_id, r.customer_id, r.contact_id, r.lead_id,
    coalesce(p.senton, p.actualend, p.actualstart, p.scheduledend, p.modifiedon) AS occurred_at,
    CASE p.activitytypecode
        WHEN 'email' THEN 'email'
        WHEN 'phonecall' THEN 'call'
        WHEN 'appointment' THEN 'meeting'
        WHEN 'serviceappointment' THEN 'visit'
        WHEN 'msdyn_ocliveworkitem' THEN 'chat'
        WHEN 'msdyn_ocsession' THEN 'chat'
        WHEN 'chat' THEN 'chat'
        ELSE 'other'
    END AS kind,
    CASE WHEN p.activitytypecode = 'campaignresponse' THEN 'inbound'
        WHEN coalesce(email.directioncode, phonecall.directioncode) = 'true' THEN 'outbound'
        WHEN coalesce(email.directioncode, phonecall.directioncode) = 'false' THEN 'inbound'
    END AS direction,
    p.isworkflowcreated = 'true' AS automated,
    p._ownerid_value AS owner_id, r.campaign_id
FROM activitypointer p
LEFT JOIN regarding r ON r.id = p._regardingobjectid_value
LEFT JOIN email ON email.activityid = p.activityid
LEFT JOIN phonecall ON phonecall.activityid = p.activityid
WHERE p.statecode = '1' AND p.activitytypecode NOT IN ('task', 'opportunityclose', 'orderclose',
    'quoteclose', 'incidentresolution', 'contractclose', 'campaignactivity', 'bulkoperation',
    'recurringappointmentmaster', 'msfp_surveyinvite', 'msfp_surveyresponse', 'msfp_alert',
    'untrackedemail', 'adx_inviteredemption')
