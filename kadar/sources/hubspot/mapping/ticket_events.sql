-- From the histories of the stage and of the owner: newest first, as HubSpot has them.
with stages as (
    select
        s ->> '$.id' as stage,
        coalesce(s ->> '$.metadata.ticketState' = 'CLOSED', s ->> '$.metadata.isClosed' = 'true')
            as closed,
        coalesce(list_contains(
            (select any_value(waiting)::varchar[] from account), s ->> '$.label'
        ), false) as waiting
    from (select unnest(stages::json[]) as s from ticket_pipelines)
),
changes as (
    select
        _row,
        id,
        unnest(hs_pipeline_stage__history::json[]) as change,
        generate_subscripts(hs_pipeline_stage__history::json[], 1) as place
    from tickets
),
turns as (
    select
        c._row,
        c.id,
        (c.change ->> '$.timestamp')::timestamptz as happened_at,
        o.id as owner_id,
        coalesce(s.closed, false) as closed,
        coalesce(s.waiting, false) as waiting,
        lag(coalesce(s.closed, false), 1, false) over earlier as was_closed,
        lag(coalesce(s.waiting, false), 1, false) over earlier as was_waiting
    from changes c
    left join stages s on s.stage = c.change ->> '$.value'
    left join owners o on o.userId = c.change ->> '$.updatedByUserId'
    window earlier as (partition by c.id order by happened_at, c.place desc)
),
assigned as (
    select
        _row,
        id,
        unnest(hubspot_owner_id__history::json[]) as change,
        generate_subscripts(hubspot_owner_id__history::json[], 1) as place
    from tickets
),
happened as (
    select _row, id, createdate::timestamptz as happened_at, 'created' as event, null as owner_id, 0 as place
    from tickets
    union all
    select _row, id, first_agent_reply_date::timestamptz, 'responded', null, 0 from tickets
    union all
    select _row, id, (change ->> '$.timestamp')::timestamptz, 'assigned', change ->> '$.value', place
    from assigned where change ->> '$.value' <> ''
    union all
    select _row, id, happened_at, 'resolved', owner_id, 0 from turns where closed and not was_closed
    union all
    select _row, id, happened_at, 'reopened', owner_id, 0 from turns where was_closed and not closed
    union all
    select _row, id, happened_at, 'paused', owner_id, 0 from turns where waiting and not was_waiting
    union all
    select _row, id, happened_at, 'resumed', owner_id, 0 from turns where was_waiting and not waiting
)
select _row, id as ticket_id, happened_at as occurred_at, event, owner_id
from happened
where happened_at is not null
qualify row_number() over (partition by id, happened_at, event order by place) = 1
