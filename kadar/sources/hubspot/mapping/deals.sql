with stages as (
    select
        s ->> '$.id' as stage,
        s ->> '$.label' as label,
        (s ->> '$.metadata.probability')::double as probability,
        coalesce(s ->> '$.metadata.isClosed' = 'true', probability in (0, 1)) as closed
    from (select unnest(stages::json[]) as s from deal_pipelines)
),
standing as (
    select
        d.*,
        coalesce(s.label, d.dealstage) as stage,
        case
            when s.closed and s.probability = 1 then 'won'
            when s.closed then 'lost'
            when s.stage is not null then 'open'
            when d.hs_is_closed_won = 'true' then 'won'
            when d.hs_is_closed = 'true' then 'lost'
            when d.hs_is_closed = 'false' then 'open'
        end as outcome
    from deals d
    left join stages s on s.stage = d.dealstage
),
led as (
    select deal_id, arg_min(lead_id, (since, length(lead_id), lead_id)) as lead_id
    from (
        select id as lead_id, hs_createdate as since, unnest(deals::varchar[]) as deal_id from leads
        union all
        select lead, createdate, unnest(deals::varchar[]) from contacts where lead is not null
    )
    group by deal_id
),
sold as (
    select deal_id, case when count(distinct name) = 1 then any_value(name) end as product
    from (select name, unnest(deals::varchar[]) as deal_id from line_items)
    group by deal_id
)
select
    d._row,
    d.id as deal_id,
    coalesce(d.customer, c.customer) as customer_id,
    l.lead_id,
    d.dealname as name,
    case d.dealtype
        when 'newbusiness' then 'new'
        when 'renewal' then 'renewal'
        when 'existingbusiness' then 'expansion'
    end as kind,
    d.hs_analytics_source as channel,
    m.id as campaign_id,
    d.hubspot_owner_id as owner_id,
    d.createdate as created_at,
    -- HubSpot sets the close date when a deal is won or lost; before it is what is expected
    case
        when d.outcome in ('won', 'lost')
            then coalesce(d.closedate, d.dealstage__history ->> '$[0].timestamp')
    end as closed_at,
    case when d.outcome = 'open' then d.closedate end as expected_close_at,
    d.stage,
    d.outcome,
    case when d.outcome = 'lost' then d.closed_lost_reason end as lost_reason,
    d.amount,
    coalesce(d.deal_currency_code, (select any_value(currency) from account)) as currency,
    p.product
from standing d
left join contacts c on c.id = d.contacts ->> '$[0]'
left join campaigns m on m.id = d.hs_campaign
left join led l on l.deal_id = d.id
left join sold p on p.deal_id = d.id
