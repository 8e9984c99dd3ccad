-- CasesObj 工单. When a ticket was resolved is told by its own field, else by when the status was
-- seen; that it was opened again is seen at syncs alone
with stays as (
    select s.*,
        regexp_matches(lower(coalesce(o.label, s.state)),
            '完成|解决|解決|关闭|關閉|结束|結束|办结|取消|resolved|closed|done|completed|cancel')
            and not regexp_matches(lower(coalesce(o.label, s.state)), '未|待|不|中$|not|un|re-?open')
            as resolved
    from spells('CasesObj', 'status', null) s
    left join Options o on o._key = 'CasesObj.status.' || s.state
), turns as (
    select *, resolved is distinct from lag(resolved) over (partition by _key order by _row) as turns
    from stays
), told as (
    select _key,
        arg_max(resolved, _row) as resolved,
        max(entered_at) filter (where turns and resolved) as last_resolved,
        min(entered_at) filter (where turns and resolved) as first_resolved,
        count(*) filter (where turns and not resolved and not first) as reopened
    from turns group by _key
)
select c._row,
    c._key as ticket_id,
    c.account as customer_id,
    coalesce(source.label, c.source) as channel,
    coalesce(category.label, c.category) as category,
    coalesce(priority.label, c.priority) as priority,
    c.owner as owner_id,
    c.create_time as created_at,
    c.responded as responded_at,
    case when coalesce(t.resolved, c.resolved is not null) then
        coalesce(c.resolved, t.last_resolved::varchar) end as resolved_at,
    case when t.reopened > 0 then t.first_resolved::varchar
        when coalesce(t.resolved, c.resolved is not null)
        then coalesce(c.resolved, t.last_resolved::varchar) end as first_resolved_at,
    t.reopened,
    case when coalesce(t.resolved, c.resolved is not null) then 'resolved' else 'open' end as status,
    coalesce(status.label, c.status) as stage
from CasesObj c
left join told t on t._key = c._key
left join Options source on source._key = 'CasesObj.source.' || c.source
left join Options category on category._key = 'CasesObj.category.' || c.category
left join Options priority on priority._key = 'CasesObj.priority.' || c.priority
left join Options status on status._key = 'CasesObj.status.' || c.status
