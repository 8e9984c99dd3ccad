-- A closed deal closed when it moved into its stage; one that was entered closed (an import) at
-- its Closing_Date.
with kinds as (
  select stage, any_value(forecast_type) as kind
  from (
    select stage, forecast_type from Pipelines
    union all
    select actual_value, forecast_type from Pipelines
  )
  group by stage
),
steps as (
  select
    Deal, Stage, try_cast(Modified_Time as timestamptz) as moment,
    coalesce(try_cast(ltrim(id, 't') as hugeint), 0) as place
  from Stage_History
  where Stage is not null
),
turns as (
  select *, lag(Stage) over (partition by Deal order by moment nulls first, place) as before
  from steps
),
moved as (  -- the last move of each deal
  select Deal, max(moment) as moment, arg_max(Stage, (moment, place)) as Stage
  from turns
  where before is not null and before <> Stage
  group by Deal
),
stood as (
  select
    d.*,
    case
      when k.kind = 'Closed Won' then 'won'
      when k.kind = 'Closed Lost' then 'lost'
      when k.kind is not null then 'open'
      when d.Stage ilike 'closed won%' then 'won'
      when d.Stage ilike 'closed lost%' or d.Stage ilike 'closed-lost%' then 'lost'
      else 'open'
    end as outcome
  from Deals d
  left join kinds k on k.stage = d.Stage
),
origins as (
  select coalesce(Converted_Deal, deal) as deal, min(id) as lead_id
  from Leads
  group by 1
)
select
  d._row,
  d.id as deal_id,
  coalesce(d.Account_Name, c.Account_Name, d.Contact_Name) as customer_id,
  l.lead_id,
  d.Deal_Name as name,
  case
    when d.Type ilike '%renew%' then 'renewal'
    when d.Type ilike 'existing%' or d.Type ilike '%expan%' or d.Type ilike '%upsell%'
      then 'expansion'
    when d.Type ilike 'new%' then 'new'
  end as kind,
  d.Lead_Source as channel,
  d.Campaign_Source as campaign_id,
  d.Owner as owner_id,
  d.Created_Time as created_at,
  case
    when d.outcome <> 'open' then coalesce(
      strftime(m.moment at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), d.Closing_Date, d.Modified_Time
    )
  end as closed_at,
  d.Closing_Date as expected_close_at,
  d.Stage as stage,
  d.outcome,
  case when d.outcome = 'lost' then d.Reason_For_Loss__s end as lost_reason,
  d.Amount as amount,
  d.Currency as currency
from stood d
left join Contacts c on c.id = d.Contact_Name
left join moved m on m.Deal = d.id and m.Stage = d.Stage
left join origins l on l.deal = d.id
