-- A first reply is an e-mail that was sent or a public comment, by a person of the company.
with status as (
    select name, bool_or(closed) as closed from (
        select MasterLabel as name, IsClosed = 'true' as closed from CaseStatus
        union all
        select ApiName, IsClosed = 'true' from CaseStatus
    ) group by name
),
moves as (
    select h.CaseId,
        min(h.CreatedDate) filter (
            coalesce(n.closed, lower(h.NewValue) like 'closed%')
            and not coalesce(o.closed, lower(h.OldValue) like 'closed%')) as resolved_at,
        count(*) filter (
            coalesce(o.closed, lower(h.OldValue) like 'closed%')
            and not coalesce(n.closed, lower(h.NewValue) like 'closed%')) as reopened
    from CaseHistory h
    left join status o on o.name = h.OldValue
    left join status n on n.name = h.NewValue
    where h.Field = 'Status' group by h.CaseId
),
replies as (
    select r.CaseId,
        min(r.moment) filter (coalesce(u.UserType, 'Standard') in ('Standard', 'PowerPartner')) as human,
        min(r.moment) filter (u.UserType not in ('Standard', 'PowerPartner')) as automated
    from (
        select ParentId as CaseId, coalesce(MessageDate, CreatedDate) as moment, CreatedById as who
        from EmailMessage where Incoming = 'false' and Status is distinct from '5'  -- 5: a draft
        union all
        select ParentId, CreatedDate, CreatedById from CaseComment where IsPublished = 'true'
    ) r
    left join "User" u on u.Id = r.who
    where u.UserType is null
        or u.UserType not in ('CSPLitePortal', 'CustomerSuccess', 'PowerCustomerSuccess')
    group by r.CaseId
)
select
    c._row,
    c.Id as ticket_id,
    c.AccountId as customer_id,
    c.Origin as channel,
    coalesce(c.Type, c.Reason) as category,
    c.Priority as priority,
    case when c.OwnerId like '005%' then c.OwnerId end as owner_id,  -- else a queue
    c.CreatedDate as created_at,
    r.human as responded_at,
    case when c.IsClosed = 'true' then c.ClosedDate end as resolved_at,
    coalesce(m.resolved_at, c.ClosedDate) as first_resolved_at,
    -- where no change of a status was ever kept, nobody knows
    case when (select count(*) from CaseHistory where Field = 'Status') > 0
        then coalesce(m.reopened, 0) end as reopened,
    case when c.IsClosed = 'true' then 'resolved' when c.IsClosed = 'false' then 'open' end
        as status,
    c.Status as stage,
    r.automated as automated_reply_at
from "Case" c
left join moves m on m.CaseId = c.Id
left join replies r on r.CaseId = c.Id
