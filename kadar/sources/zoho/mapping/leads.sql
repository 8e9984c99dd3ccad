-- Zoho keeps no moment at which a lead was given up: the first change seen with that status is it.
with given_up as (
  select l.id, min(v._modified) as moment
  from Leads l
  join Leads__versions v on v.id = l.id and v.Lead_Status = l.Lead_Status and not v._deleted
  where l.Lead_Status in ('Junk Lead', 'Lost Lead', 'Not Qualified')
    and l.Converted__s is distinct from 'true'
  group by l.id
)
select
  l._row,
  l.id as lead_id,
  l.Created_Time as created_at,
  l.Lead_Source as channel,
  l.Owner as owner_id,
  l.Country as country,
  l.Lead_Status as status,
  case when l.Converted__s = 'true' then l.Converted_Date_Time end as converted_at,
  coalesce(l.Converted_Account, l.account, l.Converted_Contact, l.contact) as customer_id,
  coalesce(l.Converted_Deal, l.deal) as deal_id,
  g.moment as disqualified_at,
  case when g.id is not null then l.Lead_Status end as disqualified_reason
from Leads l
left join given_up g on g.id = l.id
