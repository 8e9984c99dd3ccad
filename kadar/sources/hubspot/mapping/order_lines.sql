with bought as (
    select id as order_id from orders
    where lower(coalesce(hs_external_order_status, '')) not in ('canceled', 'cancelled', 'voided')
    union all
    select id from invoices where lower(coalesce(hs_invoice_status, '')) not in ('draft', 'voided')
),
lines as (
    select *, unnest(list_concat(orders::varchar[], invoices::varchar[])) as order_id
    from line_items
)
select
    l._row,
    l.order_id,
    row_number() over (
        partition by l.order_id
        order by try_cast(l.hs_position_on_quote as double) nulls last, length(l.id), l.id
    )::varchar as line,
    l.name as product,
    l.hs_product_type as category,
    l.quantity,
    l.amount as revenue,
    l.hs_cost_of_goods_sold::decimal(18, 4) * coalesce(l.quantity, '1')::double as cost
from lines l
join bought b on b.order_id = l.order_id
