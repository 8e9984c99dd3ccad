-- The subform of each order: what is left of a line after its discount, before its tax.
with sold as (
  select id from Sales_Orders where Status is distinct from 'Cancelled'
  union all
  select id from Invoices where Status is distinct from 'Cancelled'
),
listed as (
  select o._row, o.id, unnest(json_extract(o.lines, '$[*]')) as line
  from Order_Lines o
  join sold s on s.id = o.id
)
select
  _row,
  id as order_id,
  line ->> '$.id' as line,
  line ->> '$.Product_Name.name' as product,
  line ->> '$.Quantity' as quantity,
  coalesce(line ->> '$.Total_After_Discount', line ->> '$.Total') as revenue
from listed
