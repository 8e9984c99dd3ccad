select
    _row,
    id as campaign_id,
    hs_name as name,
    left(hs_start_date, 10) as started_at,
    left(hs_end_date, 10) as ended_at
from campaigns
