-- Contracts that were activated. EndDate is the last day; ended_at the first moment after it.
-- A contract has no amount of its own: map yours as custom.subscriptions.monthly_amount.
select
    c._row,
    c.Id as subscription_id,
    c.AccountId as customer_id,
    c.StartDate as started_at,
    strftime(c.EndDate::date + 1, '%Y-%m-%d') as ended_at,
    coalesce(c.CurrencyIsoCode, (select any_value(Currency) from Organization)) as currency
from Contract c
where c.ActivatedDate is not null or c.StatusCode = 'Activated'
