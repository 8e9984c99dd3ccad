-- Tickets of Desk, and cases of the CRM. Who raised a ticket is looked up in the CRM, where the
-- help desk knows who that is there. First replies and reopenings follow from ticket_events.
select
  t._row,
  t.id as ticket_id,
  coalesce(
    a.crm_id, a.id, c.Account_Name, c.id, t.accountId, d.id, t.contactId
  ) as customer_id,
  t.channel,
  t.category,
  t.priority,
  coalesce(u.id, g.id, t.assigneeId) as owner_id,
  t.createdTime as created_at,
  case when t.statusType = 'Closed' then t.closedTime end as resolved_at,
  case when t.statusType = 'Closed' then 'resolved' else 'open' end as status,
  t.status as stage
from Desk_Tickets t
left join Desk_Contacts d on d.id = t.contactId
left join Desk_Accounts a on a.id = coalesce(t.accountId, d.accountId)
left join Contacts c on c.id = d.crm_id
left join Desk_Agents g on g.id = t.assigneeId
left join Users u on u.zuid = g.zuid
union all by name
select
  k._row,
  k.id as ticket_id,
  coalesce(k.Account_Name, c.Account_Name, k.Related_To) as customer_id,
  k.Case_Origin as channel,
  k.Type as category,
  k.Priority as priority,
  k.Owner as owner_id,
  k.Created_Time as created_at,
  -- the CRM keeps no moment of closing: the first change seen that found the case closed is it
  case
    when k.Status = 'Closed' then strftime(v.moment at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ')
  end as resolved_at,
  case when k.Status = 'Closed' then 'resolved' else 'open' end as status,
  k.Status as stage
from Cases k
left join Contacts c on c.id = k.Related_To
left join (
  select closed.id, min(closed._modified) as moment
  from Cases__versions closed
  left join (
    select id, max(_row) as last_open
    from Cases__versions
    where Status is distinct from 'Closed'
    group by id
  ) open on open.id = closed.id
  where closed.Status = 'Closed' and closed._row > coalesce(open.last_open, 0)
  group by closed.id
) v on v.id = k.id
