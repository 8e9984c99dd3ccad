select
    _row,
    id as campaign_id,
    hs_name as name,
    left(hs_start_date, 10) as started_at,
    -- its last day is the last it runs
    (left(hs_end_date, 10)::date + 1)::varchar as ended_at
from campaigns
