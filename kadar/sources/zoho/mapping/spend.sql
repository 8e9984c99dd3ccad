-- What campaigns cost, on the day they began: Zoho does not say when it was spent.
select
  _row,
  id as spend_id,
  coalesce(Start_Date, Created_Time) as spent_at,
  Type as channel,
  id as campaign_id,
  case
    when Type in ('Advertisement', 'Banner Ads') then 'media'
    when Type in ('Conference', 'Trade Show', 'Webinar') then 'events'
    else 'other'
  end as category,
  'marketing' as team,
  Actual_Cost as amount,
  Currency as currency
from Campaigns
where Actual_Cost is not null and try_cast(Actual_Cost as decimal(18, 4)) is distinct from 0
