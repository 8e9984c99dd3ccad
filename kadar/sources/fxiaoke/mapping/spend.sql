-- CampaignBudgetObj 市场活动费用; the cost of a campaign itself only where it has no such lines
with lines as (
    select b._row, b._key as spend_id, coalesce(b.spent, b.create_time) as spent_at, b.campaign,
        b.amount, b.currency, lower(coalesce(type.label, b.type)) as said
    from CampaignBudgetObj b
    left join Options type on type._key = 'CampaignBudgetObj.type.' || b.type
    where b.amount is not null
    union all
    select m._row, m._key, coalesce(m.begins, m.create_time), m._key, m.cost, m.currency, null
    from MarketingEventObj m
    where m.cost is not null and m._key not in (
        select campaign from CampaignBudgetObj where amount is not null and campaign is not null
    )
)
select l._row,
    l.spend_id,
    l.spent_at,
    coalesce(type.label, m.type) as channel,
    l.campaign as campaign_id,
    case
        when regexp_matches(l.said, '广告|投放|推广|media|advert') then 'media'
        when regexp_matches(l.said, '代理|服务商|agency') then 'agency'
        when regexp_matches(l.said, '软件|工具|tool|software') then 'tools'
        when regexp_matches(l.said, '会|展|场地|搭建|物料|礼品|餐|event|venue') then 'events'
        else 'other'
    end as category,
    'marketing' as team,
    l.amount,
    l.currency
from lines l
left join MarketingEventObj m on m._key = l.campaign
left join Options type on type._key = 'MarketingEventObj.type.' || m.type
