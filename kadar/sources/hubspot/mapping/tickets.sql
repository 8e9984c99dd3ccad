with stages as (
    select
        s ->> '$.id' as stage,
        s ->> '$.label' as label,
        coalesce(s ->> '$.metadata.ticketState' = 'CLOSED', s ->> '$.metadata.isClosed' = 'true')
            as closed
    from (select unnest(stages::json[]) as s from ticket_pipelines)
),
changes as (
    select
        id,
        unnest(hs_pipeline_stage__history::json[]) as change,
        generate_subscripts(hs_pipeline_stage__history::json[], 1) as place
    from tickets
),
turns as (
    select
        c.id,
        (c.change ->> '$.timestamp')::timestamptz as happened_at,
        coalesce(s.closed, false) as closed,
        lag(coalesce(s.closed, false), 1, false) over (
            partition by c.id order by happened_at, c.place desc
        ) as was_closed
    from changes c
    left join stages s on s.stage = c.change ->> '$.value'
),
resolved as (
    select
        id,
        min(happened_at) filter (closed) as first_resolved_at,
        max(happened_at) filter (closed and not was_closed) as resolved_at,
        count(*) filter (was_closed and not closed) as reopened
    from turns
    group by id
)
select
    t._row,
    t.id as ticket_id,
    coalesce(t.customer, c.customer) as customer_id,
    t.source_type as channel,
    t.hs_ticket_category as category,
    t.hs_ticket_priority as priority,
    t.hubspot_owner_id as owner_id,
    t.createdate as created_at,
    t.first_agent_reply_date as responded_at,
    case
        when s.closed or (s.stage is null and t.closed_date is not null)
            then coalesce(r.resolved_at, t.closed_date::timestamptz)
    end as resolved_at,
    coalesce(r.first_resolved_at, case when s.closed then t.closed_date::timestamptz end)
        as first_resolved_at,
    coalesce(r.reopened, 0) as reopened,
    case
        when s.closed or (s.stage is null and t.closed_date is not null) then 'resolved'
        else 'open'
    end as status,
    coalesce(s.label, t.hs_pipeline_stage) as stage
from tickets t
left join stages s on s.stage = t.hs_pipeline_stage
left join contacts c on c.id = t.contacts ->> '$[0]'
left join resolved r on r.id = t.id
