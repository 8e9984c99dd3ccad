-- What happened to cases: by their history, their comments and their e-mails. A reply by a machine
-- (automated process, site guest) is automated; what customers write in a portal is no reply.
with status as (
    select name, bool_or(closed) as closed from (
        select MasterLabel as name, IsClosed = 'true' as closed from CaseStatus
        union all
        select ApiName, IsClosed = 'true' from CaseStatus
    ) group by name
),
moves as (
    select h.CaseId, h.CreatedDate as moment, h._row, h.CreatedById as who,
        coalesce(o.closed, lower(h.OldValue) like 'closed%') as was_closed,
        coalesce(n.closed, lower(h.NewValue) like 'closed%') as is_closed,
        regexp_matches(lower(h.OldValue), 'hold|waiting|pending|awaiting') as waited,
        regexp_matches(lower(h.NewValue), 'hold|waiting|pending|awaiting') as waits
    from CaseHistory h
    left join status o on o.name = h.OldValue
    left join status n on n.name = h.NewValue
    where h.Field = 'Status'
),
replies as (
    select ParentId as CaseId, coalesce(MessageDate, CreatedDate) as moment, _row, CreatedById as who
    from EmailMessage where Incoming = 'false' and Status is distinct from '5'  -- 5: a draft
    union all
    select ParentId, CreatedDate, _row, CreatedById from CaseComment where IsPublished = 'true'
),
told as (
    select Id as CaseId, CreatedDate as moment, 'created' as event, _row, null as who,
        null::boolean as automated
    from "Case"
    union all
    select CaseId, CreatedDate, 'assigned', _row, NewValue, null from CaseHistory
    where Field in ('Owner', 'ownerAssignment', 'ownerAccepted') and NewValue like '005%'
    union all
    select CaseId, moment, 'resolved', _row, who, null from moves where is_closed and not was_closed
    union all
    select CaseId, moment, 'reopened', _row, who, null from moves where was_closed and not is_closed
    union all
    select CaseId, moment, 'paused', _row, who, null from moves
    where waits and not waited and not is_closed
    union all
    select CaseId, moment, 'resumed', _row, who, null from moves
    where waited and not waits and not is_closed
    union all
    select Id, ClosedDate, 'resolved', _row, null, null from "Case" c
    where IsClosed = 'true' and ClosedDate is not null
        and not exists (select 1 from moves m where m.CaseId = c.Id and m.is_closed)
    union all
    select r.CaseId, r.moment, 'responded', r._row, r.who,
        coalesce(u.UserType, 'Standard') not in ('Standard', 'PowerPartner')
    from replies r left join "User" u on u.Id = r.who
    where u.UserType is null
        or u.UserType not in ('CSPLitePortal', 'CustomerSuccess', 'PowerCustomerSuccess')
)
select
    arg_max(t._row, (t.automated is distinct from true, t._row)) as _row,
    t.CaseId as ticket_id,
    t.moment as occurred_at,
    t.event,
    arg_max(u.Id, (t.automated is distinct from true, t._row)) as owner_id,
    bool_and(t.automated) as automated
from told t
semi join "Case" c on c.Id = t.CaseId
left join "User" u on u.Id = t.who
group by t.CaseId, t.moment, t.event
