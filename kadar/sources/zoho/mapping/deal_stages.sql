-- Zoho keeps a row for each stage a deal went into, and another when the deal is saved anew in
-- the same stage: those are one stay. A stay ends where the next begins.
with steps as (
  select
    h._row,
    h.Deal,
    h.Stage,
    d.Pipeline,
    coalesce(
      try_cast(h.Modified_Time as timestamptz), try_cast(d.Created_Time as timestamptz)
    ) as moment,
    -- a timeline's first stage comes before every move; ids of Zoho are numbers that grow
    coalesce(try_cast(ltrim(h.id, 't') as hugeint), 0) as place
  from Stage_History h
  join Deals d on d.id = h.Deal
  where h.Stage is not null
),
turns as (
  select *, lag(Stage) over (partition by Deal order by moment, place) as before from steps
),
stays as (
  select *, lead(moment) over (partition by Deal order by moment, place) as left_at
  from turns
  where before is distinct from Stage
)
select
  s._row,
  s.Deal as deal_id,
  s.Stage as stage,
  p.position,
  s.moment as entered_at,
  s.left_at
from stays s
left join (
  select pipeline, stage, min(sequence_number) as position from Pipelines group by all
) p on p.stage = s.Stage and p.pipeline = s.Pipeline
qualify row_number() over (partition by s.Deal, s.Stage, s.moment order by s.place desc) = 1
