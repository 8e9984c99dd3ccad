-- Desk's history of each ticket. A status is named as the company calls it; what it means (open,
-- on hold, closed) is learnt from the tickets that had it.
with meanings as (
  select lower(status) as status, arg_max(statusType, _row) as means
  from Desk_Tickets__versions
  where status is not null and statusType is not null
  group by 1
),
happened as (
  select h._row, h.id, unnest(json_extract(h.events, '$[*]')) as event
  from Desk_History h
  join Desk_Tickets t on t.id = h.id
),
told as (
  select
    _row,
    id,
    event ->> '$.eventName' as name,
    event ->> '$.actor.type' as actor,
    event ->> '$.actor.id' as agent,
    case  -- Desk writes moments as text, its older events as milliseconds
      when regexp_full_match(event ->> '$.eventTime', '[0-9]{12,}') then strftime(
        make_timestamptz((event ->> '$.eventTime')::bigint * 1000) at time zone 'UTC',
        '%Y-%m-%dT%H:%M:%S.%gZ'
      )
      else event ->> '$.eventTime'
    end as moment,
    event -> '$.eventInfo' as info
  from happened
),
properties as (
  select * exclude (info, info_), lower(info_ ->> '$.propertyName') as property,
    info_ -> '$.propertyValue' as value
  from (select *, unnest(json_extract(info, '$[*]')) as info_ from told)
),
moves as (
  select
    p.*,
    coalesce(b.means, value ->> '$.previousValue') as before,
    coalesce(m.means, value ->> '$.updatedValue') as after
  from properties p
  left join meanings b on b.status = lower(p.value ->> '$.previousValue')
  left join meanings m on m.status = lower(p.value ->> '$.updatedValue')
  where property = 'status' and name <> 'TicketCreated'
),
events as (
  select _row, id, moment, 'created' as event, actor, agent from told where name = 'TicketCreated'
  union all
  select _row, id, moment, 'responded', actor, agent
  from told
  where name = 'ThreadAdded' and actor is distinct from 'Contact'
  union all
  select _row, id, moment, 'assigned', actor,
    coalesce(value ->> '$.updatedValue.id', value ->> '$.id')
  from properties
  where property in ('case owner', 'ticket owner', 'assignee')
    and coalesce(value ->> '$.updatedValue.id', value ->> '$.id') is not null
  union all
  select _row, id, moment, 'resolved', actor, agent from moves
  where after = 'Closed' and before is distinct from 'Closed'
  union all
  select _row, id, moment, 'reopened', actor, agent from moves
  where before = 'Closed' and after is distinct from 'Closed'
  union all
  select _row, id, moment, 'paused', actor, agent from moves
  where after = 'On Hold' and before is distinct from 'On Hold'
  union all
  select _row, id, moment, 'resumed', actor, agent from moves
  where before = 'On Hold' and after not in ('On Hold', 'Closed')
)
select
  e._row,
  e.id as ticket_id,
  e.moment as occurred_at,
  e.event,
  coalesce(u.id, g.id) as owner_id,
  coalesce(e.actor not in ('Agent', 'Contact'), false) as automated
from events e
left join Desk_Agents g on g.id = e.agent
left join Users u on u.zuid = g.zuid
qualify row_number() over (partition by e.id, e.moment, e.event order by e.agent nulls last) = 1
