-- Calls that took place, meetings, tasks that were done. Who_Id is a contact (or a lead), What_Id
-- an account, a deal or a lead: ids are never shared between modules.
with happened as (
  select
    _row, id, 'call' as kind, Call_Start_Time as moment, Owner, Who_Id, What_Id,
    case
      when Call_Type in ('Inbound', 'Missed') then 'inbound'
      when Call_Type = 'Outbound' then 'outbound'
    end as direction
  from Calls
  where Call_Start_Time is not null
    and coalesce(Outgoing_Call_Status, 'Completed') not in ('Scheduled', 'Cancelled', 'Overdue')
  union all by name
  select _row, id, 'meeting' as kind, Start_DateTime as moment, Owner, Who_Id, What_Id from Events
  union all by name
  select _row, id, 'other' as kind, Closed_Time as moment, Owner, Who_Id, What_Id
  from Tasks
  where Status = 'Completed' and Closed_Time is not null
)
select
  h._row,
  h.id as interaction_id,
  coalesce(
    a.id, d.Account_Name, dc.Account_Name, d.Contact_Name, c.Account_Name, c.id
  ) as customer_id,
  c.id as contact_id,
  coalesce(l.id, w.id) as lead_id,
  h.moment as occurred_at,
  h.kind,
  h.direction,
  h.Owner as owner_id
from happened h
left join Contacts c on c.id = h.Who_Id
left join Leads w on w.id = h.Who_Id
left join Leads l on l.id = h.What_Id
left join Accounts a on a.id = h.What_Id
left join Deals d on d.id = h.What_Id
left join Contacts dc on dc.id = d.Contact_Name
