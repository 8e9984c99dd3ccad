-- Orders that are no drafts; a reduction order is negative.
select
    o._row,
    o.Id as order_id,
    o.AccountId as customer_id,
    o.OpportunityId as deal_id,
    o.EffectiveDate as ordered_at,
    o.TotalAmount as revenue,
    coalesce(o.CurrencyIsoCode, (select any_value(Currency) from Organization)) as currency
from "Order" o
where coalesce(o.StatusCode, 'Activated') not in ('Draft', 'Canceled', 'Cancelled')
