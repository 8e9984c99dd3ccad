-- End_Date is the last day of a campaign: it ends when that day does.
select
  _row,
  id as campaign_id,
  Campaign_Name as name,
  Type as channel,
  Start_Date as started_at,
  coalesce(strftime(try_cast(End_Date as date) + 1, '%Y-%m-%d'), End_Date) as ended_at
from Campaigns
