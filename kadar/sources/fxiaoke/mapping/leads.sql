-- LeadsObj 销售线索. Where no time of conversion or of giving up is told, it is when the status
-- was first seen: its last change before that, exact where a sync saw it happen
with known as (
    select l.*,
        coalesce(status.label, l.status) as status_label,
        lower(coalesce(status.label, l.status)) as said,
        seen.entered_at::varchar as status_since
    from LeadsObj l
    left join Options status on status._key = 'LeadsObj.status.' || l.status
    left join spells('LeadsObj', 'status', null) seen
        on seen._key = l._key and seen.left_at is null
), judged as (
    select *,
        regexp_matches(said, '转换|轉換|已转|converted|transformed')
            and not regexp_matches(said, '未|待|not|un') as converts,
        regexp_matches(said, '无效|無效|作废|關閉|关闭|invalid|disqualified|closed|junk') as ends
    from known
)
select l._row,
    l._key as lead_id,
    l.create_time as created_at,
    coalesce(source.label, l.source) as channel,
    l.campaign as campaign_id,
    l.owner as owner_id,
    l.country,
    l.status_label as status,
    case when l.converts then coalesce(l.converted, l.status_since) end as converted_at,
    l.account as customer_id,
    coalesce(l.new_deal, l.old_deal) as deal_id,
    case when l.ends then coalesce(l.closed, l.status_since) end as disqualified_at,
    case when l.ends then coalesce(reason.label, l.reason, back.label, l.back_reason) end
        as disqualified_reason
from judged l
left join Options source on source._key = 'LeadsObj.source.' || l.source
left join Options reason on reason._key = 'LeadsObj.reason.' || l.reason
left join Options back on back._key = 'LeadsObj.back_reason.' || l.back_reason
