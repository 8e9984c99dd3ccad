-- People of the CRM; and those of the help desk whom the CRM does not know.
select
  _row,
  id as contact_id,
  coalesce(Account_Name, id) as customer_id,
  coalesce(Full_Name, concat_ws(' ', First_Name, Last_Name)) as name,
  Email as email,
  coalesce(Phone, Mobile) as phone,
  Created_Time as created_at,
  case when Email_Opt_Out = 'true' then false end as consented
from Contacts
union all by name
select
  d._row,
  d.id as contact_id,
  coalesce(a.crm_id, d.accountId, d.id) as customer_id,
  concat_ws(' ', d.firstName, d.lastName) as name,
  d.email,
  d.phone,
  d.createdTime as created_at
from Desk_Contacts d
left join Contacts c on c.id = d.crm_id
left join Desk_Accounts a on a.id = d.accountId
where c.id is null
