select
    i._row,
    i.OrderId as order_id,
    coalesce(i.OrderItemNumber, i.Id) as line,
    p.Name as product,
    p.Family as category,
    i.Quantity as quantity,
    i.TotalPrice as revenue
from OrderItem i
join "Order" o on o.Id = i.OrderId
left join Product2 p on p.Id = i.Product2Id
where coalesce(o.StatusCode, 'Activated') not in ('Draft', 'Canceled', 'Cancelled')
