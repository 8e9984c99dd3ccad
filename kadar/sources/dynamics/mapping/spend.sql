-- What each activity of a campaign cost, and what the campaign cost besides. Where activities
-- cannot be read, their sum as the campaign has it.
WITH activity AS (
    SELECT * FROM campaignactivity WHERE statecode IS DISTINCT FROM '2'
), cost AS (
    SELECT a._row, a.activityid AS spend_id, coalesce(a.actualend, a.actualstart, a.scheduledend,
            a.scheduledstart, a.createdon) AS spent_at,
        coalesce(channel.value, a.channeltypecode_label) AS channel,
        a._regardingobjectid_value AS campaign_id, a.actualcost AS amount,
        a._transactioncurrencyid_value AS currency
    FROM activity a
    LEFT JOIN stringmap channel ON channel.objecttypecode = 'campaignactivity'
        AND channel.attributename = 'channeltypecode'
        AND channel.attributevalue = a.channeltypecode
    UNION ALL
    SELECT c._row, c.campaignid || ':' || part.name,
        coalesce(c.actualstart, c.proposedstart, c.createdon), NULL, c.campaignid, part.amount,
        c._transactioncurrencyid_value
    FROM campaign c, unnest([
        {'name': 'other', 'amount': c.othercost},
        {'name': 'activities', 'amount': CASE WHEN c.campaignid NOT IN (
            SELECT _regardingobjectid_value FROM activity
            WHERE _regardingobjectid_value IS NOT NULL
        ) THEN c.totalcampaignactivityactualcost END}
    ]) AS _(part)
)
SELECT cost._row, cost.spend_id, cost.spent_at,
    coalesce(cost.channel, kind.value, c.typecode_label) AS channel, cost.campaign_id,
    'marketing' AS team, cost.amount, currency.isocurrencycode AS currency
FROM cost
LEFT JOIN campaign c ON c.campaignid = cost.campaign_id
LEFT JOIN stringmap kind ON kind.objecttypecode = 'campaign'
    AND kind.attributename = 'typecode' AND kind.attributevalue = c.typecode
LEFT JOIN transactioncurrency currency ON currency.transactioncurrencyid = cost.currency
WHERE cost.amount IS NOT NULL AND cost.amount::DECIMAL(18, 4) <> 0
