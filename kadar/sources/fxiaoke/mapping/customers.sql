-- AccountObj 客户
select a._row,
    a._key as customer_id,
    a.name,
    coalesce(level.label, a.level, type.label, a.type) as segment,
    coalesce(industry.label, a.industry) as industry,
    a.country,
    a.province as region,
    coalesce(source.label, a.source) as channel,
    a.campaign as campaign_id,
    a.owner as owner_id,
    a.create_time as created_at
from AccountObj a
left join Options level on level._key = 'AccountObj.level.' || a.level
left join Options type on type._key = 'AccountObj.type.' || a.type
left join Options industry on industry._key = 'AccountObj.industry.' || a.industry
left join Options source on source._key = 'AccountObj.source.' || a.source
