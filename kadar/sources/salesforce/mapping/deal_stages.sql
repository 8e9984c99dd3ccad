-- OpportunityHistory has every stage a deal was in. Of a deal it has nothing of: field history,
-- where the stage is tracked; else the versions kadar saw, whose LastStageChangeDate is exact.
with written as (
    select OpportunityId, StageName as stage, CreatedDate as moment, _row, Id as tie
    from OpportunityHistory where StageName is not null
),
changes as (
    select f.OpportunityId, f.OldValue, f.NewValue, f.CreatedDate as moment, f._row, f.Id as tie
    from OpportunityFieldHistory f
    where f.Field = 'StageName'
        and f.OpportunityId not in (select OpportunityId from written)
),
tracked as (
    select OpportunityId, NewValue as stage, moment, _row, tie from changes
    union all
    select c.OpportunityId, arg_min(c.OldValue, (c.moment, c.tie)), any_value(o.CreatedDate),
        any_value(o._row), ''
    from changes c join Opportunity o on o.Id = c.OpportunityId group by c.OpportunityId
),
seen as (
    select Id as OpportunityId, StageName as stage,
        coalesce(LastStageChangeDate, CreatedDate) as moment, _row, '' as tie
    from Opportunity__versions
    where StageName is not null and Id not in (select OpportunityId from written)
        and Id not in (select OpportunityId from tracked)
),
told as (
    select * from written union all select * from tracked union all select * from seen
),
-- of changes in one second the last counts
moments as (
    select t.OpportunityId, t.moment, arg_max(t.stage, (t.tie, t._row)) as stage,
        arg_max(t._row, (t.tie, t._row)) as _row
    from told t semi join Opportunity o on o.Id = t.OpportunityId
    where t.stage is not null group by t.OpportunityId, t.moment
),
stays as (
    select *, lag(stage) over one as before from moments
    window one as (partition by OpportunityId order by moment)
),
stage as (
    select coalesce(MasterLabel, ApiName) as name, min(SortOrder::bigint) as position
    from OpportunityStage group by 1
    union
    select ApiName, min(SortOrder::bigint) from OpportunityStage
    where ApiName is distinct from MasterLabel
        and ApiName not in (select MasterLabel from OpportunityStage where MasterLabel is not null)
    group by 1
)
select
    s._row,
    s.OpportunityId as deal_id,
    s.stage,
    p.position,
    s.moment as entered_at,
    lead(s.moment) over (partition by s.OpportunityId order by s.moment) as left_at
from stays s
left join stage p on p.name = s.stage
where s.stage is distinct from s.before
