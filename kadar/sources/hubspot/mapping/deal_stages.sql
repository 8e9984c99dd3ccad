-- Every stay, from the history of the stage: newest first, as HubSpot has it.
with stages as (
    select
        s ->> '$.id' as stage,
        s ->> '$.label' as label,
        row_number() over (
            partition by pipeline order by (s ->> '$.displayOrder')::int, label
        ) as position
    from (select id as pipeline, unnest(stages::json[]) as s from deal_pipelines)
),
changes as (
    select
        _row,
        id,
        unnest(dealstage__history::json[]) as change,
        generate_subscripts(dealstage__history::json[], 1) as place
    from deals
),
turns as (
    select
        _row, id, place,
        change ->> '$.value' as stage,
        (change ->> '$.timestamp')::timestamptz as happened_at,
        lag(stage) over (partition by id order by happened_at, place desc) as before
    from changes
),
stays as (
    select *, lead(happened_at) over (partition by id order by happened_at, place desc) as left_at
    from turns
    where stage is distinct from before
)
select
    y._row,
    y.id as deal_id,
    coalesce(s.label, y.stage) as stage,
    s.position,
    y.happened_at as entered_at,
    y.left_at
from stays y
left join stages s on s.stage = y.stage
where y.stage <> '' and y.left_at is distinct from y.happened_at
