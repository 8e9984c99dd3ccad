-- Companies (Accounts); people who buy without one; and whom only the help desk knows.
with came as (  -- the earliest lead that became the account, else the earliest of its people
  select account, arg_min(Lead_Source, (place, try_cast(Created_Time as timestamptz))) as channel
  from (
    select coalesce(Converted_Account, account) as account, 1 as place, Lead_Source, Created_Time
    from Leads
    union all
    select Account_Name, 2, Lead_Source, Created_Time from Contacts
  )
  where account is not null and Lead_Source is not null
  group by account
)
select
  a._row,
  a.id as customer_id,
  a.Account_Name as name,
  a.Account_Type as segment,
  a.Industry as industry,
  a.Billing_Country as country,
  a.Billing_State as region,
  came.channel,
  a.Owner as owner_id,
  a.Created_Time as created_at
from Accounts a
left join came on came.account = a.id
union all by name
select
  _row,
  id as customer_id,
  coalesce(Full_Name, concat_ws(' ', First_Name, Last_Name)) as name,
  Mailing_Country as country,
  Lead_Source as channel,
  Owner as owner_id,
  Created_Time as created_at
from Contacts
where Account_Name is null
union all by name
select
  _row, id as customer_id, accountName as name, industry, country, createdTime as created_at
from Desk_Accounts
where crm_id is null
union all by name
select
  d._row,
  d.id as customer_id,
  concat_ws(' ', d.firstName, d.lastName) as name,
  d.createdTime as created_at
from Desk_Contacts d
left join Contacts c on c.id = d.crm_id
where d.accountId is null and c.id is null
