-- A change of the monthly amount ends one row and begins another, from the history of `hs_mrr`.
with begun as (
    select
        s._row, s.id, s.hs_name, s.hs_currency_code, s.hs_mrr,
        coalesce(s.customer, c.customer) as customer,
        coalesce(left(s.hs_recurring_billing_start_date, 10), s.hs_createdate) as started_at,
        coalesce(started_at::timestamptz, 'epoch'::timestamptz) as start,
        lower(s.hs_status) as status,
        status in ('canceled', 'cancelled', 'expired', 'unpaid') as over,
        case
            when over and status <> 'expired' then s.hs_status__history ->> '$[0].timestamp'
            else coalesce(
                left(s.hs_recurring_billing_end_date, 10),
                case when over then s.hs_status__history ->> '$[0].timestamp' end
            )
        end as ended_at,
        s.hs_mrr__history::json[] as amounts
    from subscriptions s
    left join contacts c on c.id = s.contacts ->> '$[0]'
),
changes as (
    select id, start, unnest(amounts) as change, generate_subscripts(amounts, 1) as place from begun
),
turns as (
    select
        id, start, place,
        change ->> '$.value' as amount,
        change ->> '$.timestamp' as happened_at,
        lag(amount) over (partition by id order by happened_at, place desc) as before
    from changes
    where change ->> '$.value' <> ''
),
stretches as (
    select
        id, amount, happened_at,
        row_number() over (partition by id order by happened_at, place desc) as number,
        lead(happened_at) over (partition by id order by happened_at, place desc) as until
    from turns
    where amount is distinct from before
    -- what it was to cost before it began is no stretch of it
    qualify until is null or until::timestamptz > start
),
numbered as (
    select *, row_number() over (partition by id order by number) as nth from stretches
)
select
    b._row,
    if(coalesce(n.nth, 1) = 1, b.id, b.id || '-' || n.nth) as subscription_id,
    b.customer as customer_id,
    b.hs_name as plan,
    if(coalesce(n.nth, 1) = 1, b.started_at, n.happened_at) as started_at,
    coalesce(n.until, b.ended_at) as ended_at,
    coalesce(n.amount, b.hs_mrr) as monthly_amount,
    coalesce(b.hs_currency_code, (select any_value(currency) from account)) as currency,
    case when n.until is null and b.over then b.status end as end_reason,
    case when n.until is null and b.status = 'unpaid' then true end as involuntary
from begun b
left join numbered n on n.id = b.id
