-- NewOpportunityObj 商机2.0 or OpportunityObj 商机. A status that is none of those known is not
-- guessed: its rows are refused until kadar.toml says what it means (values, "deals.outcome")
with both_kinds as (
    select 'NewOpportunityObj' as object, * from NewOpportunityObj
    union all by name
    select 'OpportunityObj' as object, * from OpportunityObj
), seen as (
    select _key, entered_at from spells('NewOpportunityObj', 'status', null) where left_at is null
    union all
    select _key, entered_at from spells('OpportunityObj', 'status', null) where left_at is null
), known as (
    select d.*,
        coalesce(stage.label, d.stage_name, d.stage) as stage_label,
        coalesce(status.label, d.status) as status_label,
        lower(coalesce(status.label, d.status)) as said,
        coalesce(
            d.stage_changed,
            (try_cast(d.create_time as timestamptz)
                + to_milliseconds(try_cast(d.cost_time as bigint)))::varchar,
            seen.entered_at::varchar
        ) as changed
    from both_kinds d
    left join seen on seen._key = d._key
    left join Options stage on stage._key = d.object || '.stage.' || d.stage
    left join Options status on status._key = d.object || '.status.' || d.status
), judged as (
    select *,
        case
            when said is null then 'open'
            when regexp_matches(said, '输|輸|丢单|丟單|无效|無效|失败|失敗|终止|終止|lost|lose|invalid')
                then 'lost'
            when regexp_matches(said, '赢|贏|成交|won|win') and not regexp_matches(said, '未|不')
                then 'won'
            when regexp_matches(said, '进行|進行|跟进|跟進|open|progress|running|ongoing')
                then 'open'
            else status_label
        end as outcome
    from known
)
select d._row,
    d._key as deal_id,
    d.account as customer_id,
    d.lead as lead_id,
    d.name,
    coalesce(source.label, d.source, lead_source.label, l.source) as channel,
    coalesce(d.campaign, l.campaign) as campaign_id,
    d.owner as owner_id,
    d.create_time as created_at,
    case when d.outcome in ('won', 'lost') then d.changed end as closed_at,
    d.expected as expected_close_at,
    d.stage_label as stage,
    d.outcome,
    case when d.outcome = 'lost' then coalesce(reason.label, d.lost_reason) end as lost_reason,
    d.amount,
    d.currency
from judged d
left join LeadsObj l on l._key = d.lead
left join Options source on source._key = d.object || '.source.' || d.source
left join Options lead_source on lead_source._key = 'LeadsObj.source.' || l.source
left join Options reason on reason._key = d.object || '.lost_reason.' || d.lost_reason
