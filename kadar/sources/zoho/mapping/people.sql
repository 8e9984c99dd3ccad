-- Users of the CRM; and agents of the help desk who are none of them.
select
  _row,
  id as person_id,
  full_name as name,
  email,
  role,
  manager as manager_id,
  status = 'active' as active
from Users
union all by name
select
  a._row,
  a.id as person_id,
  a.name,
  a.emailId as email,
  upper(a.status) = 'ACTIVE' as active
from Desk_Agents a
left join Users u on u.zuid = a.zuid
where u.id is null
