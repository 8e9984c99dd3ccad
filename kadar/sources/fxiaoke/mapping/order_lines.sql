-- SalesOrderProductObj 订单产品, of the orders that are in force
select l._row,
    l."order" as order_id,
    l._key as line,
    coalesce(p.name, l.product) as product,
    coalesce(category.label, p.category, line.label, p.line) as category,
    l.quantity,
    l.subtotal as revenue
from SalesOrderProductObj l
join SalesOrderObj o on o._key = l."order"
left join ProductObj p on p._key = l.product
left join Options category on category._key = 'ProductObj.category.' || p.category
left join Options line on line._key = 'ProductObj.line.' || p.line
where coalesce(o.life_status, 'normal') in ('normal', 'in_change')
