-- Zoho gives how many units of a currency one unit of the home currency buys. What it was worth
-- before the first sync is not known: the first rate holds since the currency was added.
with seen as (
  select
    *,
    row_number() over (partition by iso_code order by _row) as place,
    try_cast(exchange_rate as double) as per_home
  from Currencies__versions
  where not _deleted
),
own as (
  select arg_max(per_home, _row) as per_home
  from seen
  where iso_code = getvariable('currency')
)
select
  s._row,
  s.iso_code as currency,
  case
    when s.place = 1
      then coalesce(s.created_time, s.exchange_rate_updated_time, s.modified_time)
    else coalesce(s.exchange_rate_updated_time, s.modified_time)
  end as valid_at,
  own.per_home / nullif(s.per_home, 0) as rate
from seen s
cross join own
where s.iso_code <> getvariable('currency') and own.per_home is not null
qualify row_number() over (partition by s.iso_code, valid_at order by s._row desc) = 1
