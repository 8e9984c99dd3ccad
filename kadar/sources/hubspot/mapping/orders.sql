-- Orders, or invoices where the option says so. Revenue is without tax, shipping and refunds.
with costs as (
    select
        order_id,
        case when count(*) = count(hs_cost_of_goods_sold)
            then sum(hs_cost_of_goods_sold::decimal(18, 4) * coalesce(quantity, '1')::double) end
            as cost
    from (
        select *, unnest(list_concat(orders::varchar[], invoices::varchar[])) as order_id
        from line_items
    )
    group by order_id
),
bought as (
    select
        _row, id, customer, contacts, deals, hs_source_store as channel,
        coalesce(hs_external_created_date, hs_createdate) as ordered_at,
        hs_total_price::decimal(18, 4)
            - coalesce(hs_tax::decimal(18, 4), 0)
            - coalesce(hs_shipping_cost::decimal(18, 4), 0)
            - coalesce(hs_refund_amount::decimal(18, 4), 0) as revenue,
        hs_currency_code as currency
    from orders
    where lower(coalesce(hs_external_order_status, '')) not in ('canceled', 'cancelled', 'voided')
    union all by name
    select
        _row, id, customer, contacts, deals,
        coalesce(left(hs_invoice_date, 10), hs_createdate) as ordered_at,
        hs_amount_billed::decimal(18, 4) as revenue,
        hs_currency as currency
    from invoices
    where lower(coalesce(hs_invoice_status, '')) not in ('draft', 'voided')
)
select
    b._row,
    b.id as order_id,
    coalesce(b.customer, c.customer) as customer_id,
    b.deals ->> '$[0]' as deal_id,
    b.channel,
    b.ordered_at,
    b.revenue,
    k.cost,
    coalesce(b.currency, (select any_value(currency) from account)) as currency
from bought b
left join contacts c on c.id = b.contacts ->> '$[0]'
left join costs k on k.order_id = b.id
