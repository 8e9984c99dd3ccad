-- What took place: not what failed, was cancelled, is a draft or is yet to be done.
with engaged as (
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id, hs_timestamp as happened_at,
        'call' as kind,
        case hs_call_direction when 'INBOUND' then 'inbound' when 'OUTBOUND' then 'outbound' end
            as direction
    from calls where coalesce(hs_call_status, 'COMPLETED') in ('COMPLETED', 'IN_PROGRESS')
    union all by name
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id, hs_timestamp as happened_at,
        'email' as kind,
        case hs_email_direction when 'INCOMING_EMAIL' then 'inbound' when 'EMAIL' then 'outbound'
            end as direction
    from emails
    where coalesce(hs_email_status, 'SENT') not in ('BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING')
        and coalesce(hs_email_direction, '') <> 'DRAFT_EMAIL'
    union all by name
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id,
        coalesce(hs_meeting_start_time, hs_timestamp) as happened_at, 'meeting' as kind
    from meetings
    where coalesce(hs_meeting_outcome, '') not in ('CANCELED', 'NO_SHOW', 'RESCHEDULED')
    union all by name
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id, hs_timestamp as happened_at,
        'chat' as kind
    from communications
    union all by name
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id,
        coalesce(hs_task_completion_date, hs_timestamp) as happened_at, 'other' as kind
    from tasks where hs_task_status = 'COMPLETED'
    union all by name
    select _row, id, customer, contacts, deals, hubspot_owner_id as owner_id, hs_timestamp as happened_at,
        'other' as kind
    from notes
),
placed as (
    select
        e.*,
        contacts ->> '$[0]' as contact,
        deals ->> '$[0]' as deal,
        try_cast(happened_at as timestamptz) as moment
    from engaged e
),
led as (
    select id as lead_id, contacts ->> '$[0]' as contact, hs_createdate::timestamptz as since
    from leads
    union all
    select lead, id, createdate::timestamptz from contacts where lead is not null
)
select
    e._row,
    e.id as interaction_id,
    coalesce(e.customer, c.customer, d.customer) as customer_id,
    e.contact as contact_id,
    l.lead_id,
    e.happened_at as occurred_at,
    e.kind,
    e.direction,
    e.owner_id
from placed e
left join contacts c on c.id = e.contact
left join deals d on d.id = e.deal
-- the lead a contact was then: the latest that had come in
asof left join led l on l.contact = e.contact and l.since <= e.moment
