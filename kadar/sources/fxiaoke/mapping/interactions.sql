-- ActiveRecordObj 销售记录, CheckinsObj 高级外勤 (visits that took place), TelesalesRecordObj 通话记录
with related as (
    select a.*,
        case when a.related like '[%' then
            from_json(a.related, '[{"id": "VARCHAR", "describe_api_name": "VARCHAR"}]') end as others,
        coalesce(kind.label, a.kind) as kind_label
    from ActiveRecordObj a
    left join Options kind on kind._key = 'ActiveRecordObj.kind.'
        || case when a.kind like '[%' then json_extract_string(a.kind, '$[0]') else a.kind end
), records as (
    select *,
        list_filter(others, lambda o: o.describe_api_name = 'AccountObj')[1].id as to_account,
        list_filter(others, lambda o: o.describe_api_name = 'ContactObj')[1].id as to_contact,
        list_filter(others, lambda o: o.describe_api_name = 'LeadsObj')[1].id as to_lead,
        list_filter(others, lambda o: ends_with(o.describe_api_name, 'OpportunityObj'))[1].id
            as to_deal,
        lower(kind_label) as said
    from related
)
select r._row,
    r._key as interaction_id,
    coalesce(r.account, r.to_account, d.account, old.account, c.account) as customer_id,
    coalesce(r.contact, r.to_contact) as contact_id,
    coalesce(r.lead, r.to_lead) as lead_id,
    r.create_time as occurred_at,
    case
        when r.said is null then null
        when regexp_matches(r.said, '会议|會議|面谈|面談|meeting') then 'meeting'
        when regexp_matches(r.said, '电话|電話|通话|call|phone') then 'call'
        when regexp_matches(r.said, '邮件|郵件|mail') then 'email'
        when regexp_matches(r.said, '拜访|拜訪|外勤|上门|现场|visit') then 'visit'
        when regexp_matches(r.said, '微信|短信|聊天|在线|qq|chat|message|whatsapp') then 'chat'
        when regexp_matches(r.said, '活动|活動|展会|event') then 'event'
        else 'other'
    end as kind,
    null::varchar as direction,
    r.owner as owner_id
from records r
left join ContactObj c on c._key = coalesce(r.contact, r.to_contact)
left join NewOpportunityObj d on d._key = r.to_deal
left join OpportunityObj old on old._key = r.to_deal
union all
select v._row, v._key, coalesce(v.account, c.account), v.contact, v.lead,
    coalesce(v.arrived, v.finished), 'visit', 'outbound', v.owner
from CheckinsObj v
left join ContactObj c on c._key = v.contact
where coalesce(v.arrived, v.finished) is not null
union all
select t._row, t._key, coalesce(t.account, c.account), t.contact, t.lead,
    coalesce(t.begun, t.create_time), 'call',
    case
        when regexp_matches(lower(coalesce(way.label, t.direction)), '呼入|来电|inbound') then 'inbound'
        when regexp_matches(lower(coalesce(way.label, t.direction)), '呼出|去电|outbound') then 'outbound'
    end, t.owner
from TelesalesRecordObj t
left join ContactObj c on c._key = t.contact
left join Options way on way._key = 'TelesalesRecordObj.direction.' || t.direction
