-- MarketingEventObj 市场活动
select m._row,
    m._key as campaign_id,
    m.name,
    coalesce(type.label, m.type) as channel,
    m.begins as started_at,
    m.ends as ended_at
from MarketingEventObj m
left join Options type on type._key = 'MarketingEventObj.type.' || m.type
