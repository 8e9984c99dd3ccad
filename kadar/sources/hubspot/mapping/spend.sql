-- Items of spending. HubSpot knows when an item was entered, not when it was spent: what was
-- entered before or after the campaign counts on its first or last day.
with items as (
    select
        _row, id, currency, left(hs_start_date, 10) as first_day, left(hs_end_date, 10) as last_day,
        unnest(items::json[]) as item
    from campaigns
),
entered as (
    select *, make_timestamptz((item ->> '$.createdAt')::bigint * 1000) as entered_at from items
),
placed as (
    select *, strftime(entered_at at time zone getvariable('time_zone'), '%Y-%m-%d') as day
    from entered
)
select
    _row,
    id || '/' || (item ->> '$.id') as spend_id,
    case
        when day < first_day then first_day
        when day > last_day then last_day
        else strftime(entered_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')
    end as spent_at,
    id as campaign_id,
    'marketing' as team,
    item ->> '$.amount' as amount,
    currency
from placed
