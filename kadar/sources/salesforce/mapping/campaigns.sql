-- EndDate is the last day; ended_at the first moment after it.
select
    _row,
    Id as campaign_id,
    Name as name,
    Type as channel,
    StartDate as started_at,
    strftime(EndDate::date + 1, '%Y-%m-%d') as ended_at
from Campaign
