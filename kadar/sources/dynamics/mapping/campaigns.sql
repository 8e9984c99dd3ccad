SELECT c._row, c.campaignid AS campaign_id, c.name,
    coalesce(channel.value, c.typecode_label) AS channel,
    coalesce(c.actualstart, c.proposedstart) AS started_at,
    coalesce(c.actualend, c.proposedend) AS ended_at
FROM campaign c
LEFT JOIN stringmap channel ON channel.objecttypecode = 'campaign'
    AND channel.attributename = 'typecode' AND channel.attributevalue = c.typecode
