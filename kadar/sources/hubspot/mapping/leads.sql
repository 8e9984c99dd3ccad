-- The leads object; or, where the option says so, contacts by lifecycle stage.
with stages as (
    select
        s ->> '$.id' as stage,
        s ->> '$.label' as label,
        case
            when stage like 'unqualified-stage-id%' then 'disqualified'
            when stage like 'qualified-stage-id%' then 'qualified'
            when lower(label) in ('unqualified', 'disqualified') then 'disqualified'
            when lower(label) = 'qualified' then 'qualified'
        end as means
    from (select unnest(stages::json[]) as s from lead_pipelines)
),
dealt as (
    select lead_id, arg_min(d.id, (d.createdate, length(d.id), d.id)) as deal_id,
        min(d.createdate) as since
    from (
        select id as lead_id, unnest(deals::varchar[]) as deal from leads
        union all
        select lead, unnest(deals::varchar[]) from contacts where lead is not null
    )
    join deals d on d.id = deal
    group by lead_id
),
own as (
    select
        l._row, l.id as lead_id, l.hs_createdate as created_at, l.hubspot_owner_id as owner_id,
        coalesce(s.label, l.hs_pipeline_stage) as status,
        -- newest first: the entry into the stage it is in
        case when s.means = 'qualified' then l.hs_pipeline_stage__history ->> '$[0].timestamp' end
            as qualified_at,
        coalesce(qualified_at, d.since) as converted_at,
        case when s.means = 'disqualified' then l.hs_pipeline_stage__history ->> '$[0].timestamp'
            end as disqualified_at,
        case when s.means = 'disqualified' then l.hs_lead_disqualification_reason end as reason,
        coalesce(l.customer, c.customer) as customer, d.deal_id, c.id as contact
    from leads l
    left join stages s on s.stage = l.hs_pipeline_stage
    left join contacts c on c.id = l.contacts ->> '$[0]'
    left join dealt d on d.lead_id = l.id
    union all by name
    select
        c._row, c.lead as lead_id,
        coalesce(
            least(
                c.hs_v2_date_entered_lead, c.hs_v2_date_entered_marketingqualifiedlead,
                c.hs_v2_date_entered_salesqualifiedlead
            ),
            c.createdate
        ) as created_at,
        c.hubspot_owner_id as owner_id,
        coalesce(c.hs_lead_status, c.lifecyclestage) as status,
        c.hs_v2_date_entered_customer as converted_at,
        case when c.hs_lead_status = 'UNQUALIFIED'
            then c.hs_lead_status__history ->> '$[0].timestamp' end as disqualified_at,
        c.customer, d.deal_id, c.id as contact
    from contacts c
    left join dealt d on d.lead_id = c.lead
    where c.lead is not null
)
select
    o._row,
    o.lead_id,
    o.created_at,
    c.hs_analytics_source as channel,
    m.id as campaign_id,
    o.owner_id,
    coalesce(c.country, b.country) as country,
    o.status,
    o.converted_at,
    case when o.converted_at is not null then o.customer end as customer_id,
    o.deal_id,
    o.disqualified_at,
    o.reason as disqualified_reason,
    b.hs_v2_date_entered_customer < o.created_at as existing_customer
from own o
left join contacts c on c.id = o.contact
left join companies b on b.id = o.customer
left join campaigns m on m.id = c.hs_analytics_first_touch_converting_campaign
