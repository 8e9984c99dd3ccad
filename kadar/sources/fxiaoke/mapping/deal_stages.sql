-- Fxiaoke gives no history of stages: stays are made of what was seen at each sync. A deal is in
-- its stage since stg_changed_time; two moves between two syncs are seen as one
with stays as (
    select 'NewOpportunityObj' as object, s.*, d.create_time
    from spells('NewOpportunityObj', 'stage', 'stage_changed') s
    join NewOpportunityObj d on d._key = s._key
    union all
    select 'OpportunityObj', s.*, d.create_time
    from spells('OpportunityObj', 'stage', 'stage_changed') s
    join OpportunityObj d on d._key = s._key
), named as (
    select s.*, o.stage_name
    from stays s
    left join OpportunityObj__versions o on o._row = s._row
)
select s._row,
    s._key as deal_id,
    coalesce(stage.label, s.stage_name, s.state) as stage,
    stage.position,
    -- never moved since it was made, and nothing says since when: since it was made
    case when s.first and not s.told then coalesce(s.create_time, s.entered_at::varchar)
        else s.entered_at::varchar end as entered_at,
    s.left_at
from named s
left join Options stage on stage._key = s.object || '.stage.' || s.state
where s.state is not null
