-- SalesOrderObj 销售订单 that are in force, and ReturnedGoodsInvoiceObj 退货单 as negative orders.
-- Refunds (RefundObj 退款) pay out what a return is worth, and are not counted a second time
select o._row,
    o._key as order_id,
    o.account as customer_id,
    coalesce(o.new_deal, o.old_deal) as deal_id,
    o.campaign as campaign_id,
    coalesce(o.ordered, o.create_time) as ordered_at,
    o.amount as revenue,
    o.currency
from SalesOrderObj o
where coalesce(o.life_status, 'normal') in ('normal', 'in_change')
union all
select r._row,
    r._key,
    coalesce(r.account, o.account),
    coalesce(o.new_deal, o.old_deal),
    o.campaign,
    coalesce(r.returned, r.create_time),
    case when starts_with(r.amount, '-') then r.amount else '-' || r.amount end,
    coalesce(r.currency, o.currency)
from ReturnedGoodsInvoiceObj r
left join SalesOrderObj o on o._key = r."order"
where coalesce(r.life_status, 'normal') in ('normal', 'in_change') and r.amount is not null
