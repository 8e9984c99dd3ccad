-- ConvertedDate is only a date; where the conversion made a deal or a contact, their creation is
-- its moment. A lead was given up when its history says that its status became the one it has.
with first_campaign as (
    select LeadId, arg_min(CampaignId, (CreatedDate, Id)) as CampaignId
    from CampaignMember where LeadId is not null group by LeadId
),
ended as (
    select Id, Status from Lead
    where IsConverted is distinct from 'true' and regexp_matches(lower(Status),
        'not converted|unqualified|not qualified|disqualified|junk|rejected|lost|dead|无效|不合格')
),
said as (
    select h.LeadId, max(h.CreatedDate) as moment
    from LeadHistory h join ended e on e.Id = h.LeadId and e.Status = h.NewValue
    where h.Field = 'Status' group by h.LeadId
),
seen as (  -- where history is not tracked: since when it was seen so
    select v.Id, min(v.SystemModstamp) as moment
    from Lead__versions v join ended e using (Id, Status)
    where v._row > coalesce(
        (select max(o._row) from Lead__versions o where o.Id = v.Id and o.Status <> e.Status), 0)
    group by v.Id
),
converted as (
    select l.Id, coalesce(
        case when abs(date_diff('day', l.ConvertedDate::date, o.CreatedDate[:10]::date)) <= 1
        then o.CreatedDate end,
        case when abs(date_diff('day', l.ConvertedDate::date, c.CreatedDate[:10]::date)) <= 1
        then c.CreatedDate end,
        l.ConvertedDate) as moment
    from Lead l
    left join Opportunity o on o.Id = l.ConvertedOpportunityId
    left join Contact c on c.Id = l.ConvertedContactId
    where l.IsConverted = 'true'
)
select
    l._row,
    l.Id as lead_id,
    l.CreatedDate as created_at,
    l.LeadSource as channel,
    f.CampaignId as campaign_id,
    case when l.OwnerId like '005%' then l.OwnerId end as owner_id,  -- else a queue
    l.Country as country,
    l.Status as status,
    v.moment as converted_at,
    l.ConvertedAccountId as customer_id,
    l.ConvertedOpportunityId as deal_id,
    case when e.Id is not null then coalesce(s.moment, n.moment) end as disqualified_at
from Lead l
left join first_campaign f on f.LeadId = l.Id
left join ended e on e.Id = l.Id
left join said s on s.LeadId = l.Id
left join seen n on n.Id = l.Id
left join converted v on v.Id = l.Id
