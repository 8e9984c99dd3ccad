-- Salesforce gives units of a currency per unit of its corporate currency; asked for is the
-- company's currency per unit. Dated rates where there are any, else the one rate there is.
with rates as (
    select IsoCode, greatest(StartDate::date, date '1950-01-01') as day,
        ConversionRate::double as rate, _row
    from DatedConversionRate
    union all
    select IsoCode, date '1950-01-01', ConversionRate::double, _row
    from CurrencyType where IsoCode not in (select IsoCode from DatedConversionRate)
),
own as (select * from rates where IsoCode = getvariable('currency')),
days as (
    select r.IsoCode, r.day from rates r
    union
    select r.IsoCode, o.day from (select distinct IsoCode from rates) r, own o
),
both_sides as (
    select d.IsoCode, d.day, r.rate, r._row, o.rate as own_rate
    from days d
    asof join rates r on r.IsoCode = d.IsoCode and d.day >= r.day
    asof join own o on d.day >= o.day
)
select
    _row,
    IsoCode as currency,
    day as valid_at,
    own_rate / rate as rate
from both_sides
where IsoCode <> getvariable('currency')
