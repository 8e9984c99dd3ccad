-- Happiness ratings of Desk: three faces, good, okay and bad.
select
  r._row,
  r.id as survey_id,
  coalesce(
    a.crm_id, a.id, c.Account_Name, c.id, r.accountId, t.accountId, d.id, r.contactId
  ) as customer_id,
  coalesce(c.id, d.id, r.contactId) as contact_id,
  r.ticketId as ticket_id,
  'csat' as kind,
  r.ratedTime as answered_at,
  case upper(r.rating) when 'GOOD' then '3' when 'OK' then '2' when 'OKAY' then '2'
    when 'BAD' then '1' else r.rating end as score,
  1 as scale_min,
  3 as scale_max,
  r.feedback as comment
from Desk_Ratings r
left join Desk_Tickets t on t.id = r.ticketId
left join Desk_Contacts d on d.id = coalesce(r.contactId, t.contactId)
left join Desk_Accounts a on a.id = coalesce(r.accountId, t.accountId, d.accountId)
left join Contacts c on c.id = d.crm_id
