-- Finished tasks, events, and e-mails that no task stands for.
with mail as (
    select ActivityId, any_value(Incoming) as Incoming
    from EmailMessage where ActivityId is not null group by ActivityId
),
done as (
    select t._row, t.Id, t.WhoId, t.WhatId, t.AccountId, t.OwnerId,
        coalesce(t.CompletedDateTime, t.ActivityDate, t.CreatedDate) as moment,
        case
            when t.TaskSubtype in ('Email', 'ListEmail') or m.ActivityId is not null then 'email'
            when t.TaskSubtype = 'Call' or t.CallType is not null then 'call'
            when t.TaskSubtype = 'LinkedIn' then 'chat'
            when lower(t.Subject) like 'email:%' then 'email'
            else 'other'
        end as kind,
        case
            when m.Incoming = 'true' or t.CallType = 'Inbound' then 'inbound'
            when m.Incoming = 'false' or t.CallType = 'Outbound'
                or t.TaskSubtype = 'ListEmail' then 'outbound'
        end as direction,
        case when t.TaskSubtype = 'ListEmail' then true end as automated
    from Task t left join mail m on m.ActivityId = t.Id
    where t.IsClosed = 'true'
    union all
    select _row, Id, WhoId, WhatId, AccountId, OwnerId,
        case when IsAllDayEvent = 'true' then coalesce(ActivityDate, StartDateTime[:10])
        else coalesce(StartDateTime, ActivityDate) end,
        'meeting', null, null
    from Event where IsChild is distinct from 'true'  -- a child is another guest's copy
    union all
    select e._row, e.Id, null, coalesce(e.RelatedToId, e.ParentId), c.AccountId,
        case when e.Incoming = 'false' then e.CreatedById end,
        coalesce(e.MessageDate, e.CreatedDate), 'email',
        case e.Incoming when 'true' then 'inbound' when 'false' then 'outbound' end,
        u.UserType not in ('Standard', 'PowerPartner') and e.Incoming = 'false'
    from EmailMessage e
    left join "Case" c on c.Id = e.ParentId
    left join "User" u on u.Id = e.CreatedById
    where e.ActivityId is null and e.Status is distinct from '5'  -- 5: a draft
)
select
    d._row,
    d.Id as interaction_id,
    coalesce(d.AccountId, a.Id, o.AccountId, c.AccountId) as customer_id,
    case when d.WhoId like '003%' then d.WhoId end as contact_id,
    case when d.WhoId like '00Q%' then d.WhoId end as lead_id,
    d.moment as occurred_at,
    d.kind,
    d.direction,
    d.automated,
    case when d.OwnerId like '005%' then d.OwnerId end as owner_id,
    case when d.WhatId like '701%' then d.WhatId end as campaign_id
from done d
left join Account a on a.Id = d.WhatId
left join Opportunity o on o.Id = d.WhatId
left join Contact c on c.Id = d.WhoId
