-- Customer Voice: of each response its NPS and each satisfaction metric; of an invitation without a
-- response one row for each question that others answered in that survey. Cases have a satisfaction
-- of their own, which an agent writes: it counts where no response is about the case.
WITH buyer AS (
    SELECT c.contactid, coalesce(a.accountid, c.contactid) AS customer_id,
        lower(c.emailaddress1) AS email
    FROM contact c LEFT JOIN account a ON a.accountid = c._parentcustomerid_value
    WHERE c.merged IS DISTINCT FROM 'true'
), mailed AS (
    SELECT email, any_value(contactid) AS contactid, any_value(customer_id) AS customer_id
    FROM buyer WHERE email IS NOT NULL GROUP BY 1 HAVING count(*) = 1
), answered AS (
    SELECT r._row, r.activityid, r._msfp_surveyid_value AS survey, r._msfp_surveyinviteid_value
            AS invite, r._regardingobjectid_value AS regarding,
        r.msfp_respondentemailaddress AS email,
        coalesce(r.msfp_submitdate, r.createdon) AS moment, m.kind, m.score
    FROM msfp_surveyresponse r, unnest(list_concat(
        [{'kind': 'nps', 'score': r.msfp_npsscore}],
        list_transform(
            list_filter(
                coalesce(from_json(r.msfp_satisfactionmetricvalue,
                    '[{"type":"VARCHAR","value":"VARCHAR","decimalValue":"VARCHAR"}]'), []),
                lambda m: lower(m.type) = 'csat'),
            lambda m: {'kind': 'csat', 'score': coalesce(m.decimalValue, m.value)})
    )) AS _(m)
    WHERE m.score IS NOT NULL
), asked AS (
    SELECT a._row, a.activityid || ':' || a.kind
            || CASE WHEN row_number() OVER again > 1 THEN ':' || row_number() OVER again ELSE '' END
            AS survey_id,
        coalesce(a.regarding, i._regardingobjectid_value) AS regarding,
        coalesce(a.email, i.msfp_inviteemailaddress) AS email, a.kind,
        coalesce(i.msfp_invitesentdate, i.createdon) AS sent_at, a.moment AS answered_at, a.score,
        i.msfp_channel, i.msfp_channel_label
    FROM answered a LEFT JOIN msfp_surveyinvite i ON i.activityid = a.invite
    WINDOW again AS (PARTITION BY a.activityid, a.kind ORDER BY a.score)
    UNION ALL
    SELECT i._row, i.activityid || ':' || k.kind, i._regardingobjectid_value,
        i.msfp_inviteemailaddress, k.kind, coalesce(i.msfp_invitesentdate, i.createdon), NULL,
        NULL, i.msfp_channel, i.msfp_channel_label
    FROM msfp_surveyinvite i
    JOIN (SELECT DISTINCT survey, kind FROM answered) k ON k.survey = i._msfp_surveyid_value
    WHERE NOT EXISTS (
        SELECT 1 FROM msfp_surveyresponse r WHERE r._msfp_surveyinviteid_value = i.activityid)
), rated AS (
    SELECT incidentid, min(modifiedon) AS moment FROM (
        SELECT v.incidentid, v.modifiedon
        FROM incident__versions v JOIN incident i USING (incidentid)
        WHERE v.customersatisfactioncode = i.customersatisfactioncode AND NOT v._deleted
    ) GROUP BY 1
), audited AS (
    SELECT a._objectid_value AS incidentid, max(a.createdon) AS moment
    FROM audit a, unnest(from_json(a.changes, '[{"logicalName":"VARCHAR"}]')) AS _(c)
    WHERE a.objecttypecode = 'incident' AND c.logicalName = 'customersatisfactioncode'
    GROUP BY 1
)
SELECT s._row, s.survey_id,
    coalesce(case_buyer.customer_id, ticket._customerid_value, regarded.customer_id,
        account.accountid, mailed.customer_id) AS customer_id,
    coalesce(regarded.contactid, case_buyer.contactid, ticket._primarycontactid_value,
        mailed.contactid) AS contact_id,
    ticket.incidentid AS ticket_id, s.kind, s.sent_at, s.answered_at, s.score,
    coalesce(channel.value, s.msfp_channel_label) AS channel
FROM asked s
LEFT JOIN incident ticket ON ticket.incidentid = s.regarding
LEFT JOIN buyer case_buyer ON case_buyer.contactid = ticket._customerid_value
LEFT JOIN buyer regarded ON regarded.contactid = s.regarding
LEFT JOIN account ON account.accountid = s.regarding
LEFT JOIN mailed ON mailed.email = lower(s.email)
LEFT JOIN stringmap channel ON channel.objecttypecode = 'msfp_surveyinvite'
    AND channel.attributename = 'msfp_channel' AND channel.attributevalue = s.msfp_channel
UNION ALL
SELECT i._row, i.incidentid || ':csat', coalesce(buyer.customer_id, i._customerid_value),
    coalesce(buyer.contactid, i._primarycontactid_value), i.incidentid, 'csat', NULL,
    coalesce(audited.moment, rated.moment), i.customersatisfactioncode, NULL
FROM incident i
LEFT JOIN rated USING (incidentid)
LEFT JOIN audited USING (incidentid)
LEFT JOIN buyer ON buyer.contactid = i._customerid_value
WHERE i.customersatisfactioncode IS NOT NULL AND i.merged IS DISTINCT FROM 'true'
    AND NOT EXISTS (
        SELECT 1 FROM asked a WHERE a.regarding = i.incidentid AND a.answered_at IS NOT NULL
            AND a.kind = 'csat')
