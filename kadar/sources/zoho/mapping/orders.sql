-- Sales orders or invoices, as options.orders says: the other of the two is not read. Revenue is
-- what is to be paid without the tax.
with sold as (
  select
    _row, id, Created_Time as moment, Status, Grand_Total, Tax, Currency, Account_Name, Contact_Name,
    Deal_Name
  from Sales_Orders
  union all
  select
    _row, id, coalesce(Invoice_Date, Created_Time), Status, Grand_Total, Tax, Currency,
    Account_Name, Contact_Name, Deal_Name
  from Invoices
)
select
  s._row,
  s.id as order_id,
  coalesce(s.Account_Name, c.Account_Name, s.Contact_Name) as customer_id,
  s.Deal_Name as deal_id,
  s.moment as ordered_at,
  coalesce(
    (
      try_cast(s.Grand_Total as decimal(18, 4)) - coalesce(try_cast(s.Tax as decimal(18, 4)), 0)
    )::varchar,
    s.Grand_Total
  ) as revenue,
  s.Currency as currency
from sold s
left join Contacts c on c.id = s.Contact_Name
where s.Status is distinct from 'Cancelled'
