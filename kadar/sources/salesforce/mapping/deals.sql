-- CloseDate is the expected close of an open deal, and the close of one that is won or lost; a
-- deal that was closed before that date is closed on the day its stage said so.
with closed_on as (
    select OpportunityId, max(CreatedDate) as moment
    from (
        select OpportunityId, StageName, CreatedDate,
            lag(StageName) over (partition by OpportunityId order by CreatedDate, Id) as before
        from OpportunityHistory
    )
    where StageName is distinct from before group by OpportunityId
),
first_lead as (
    select ConvertedOpportunityId as Id, arg_min(Id, (CreatedDate, Id)) as LeadId
    from Lead where ConvertedOpportunityId is not null group by 1
),
product as (
    select i.OpportunityId as Id, arg_max(p.Name, (i.TotalPrice::double, i.Id)) as Name
    from OpportunityLineItem i join Product2 p on p.Id = i.Product2Id
    where i.TotalPrice is not null group by 1
)
select
    o._row,
    o.Id as deal_id,
    o.AccountId as customer_id,
    l.LeadId as lead_id,
    o.Name as name,
    case
        when regexp_matches(lower(o.Type), 'renew') then 'renewal'
        when regexp_matches(lower(o.Type), 'existing|upgrade|upsell|cross|add-on|expansion')
        then 'expansion'
        when regexp_matches(lower(o.Type), 'new') then 'new'
    end as kind,
    o.LeadSource as channel,
    o.CampaignId as campaign_id,
    o.OwnerId as owner_id,
    o.CreatedDate as created_at,
    case when o.IsClosed = 'true' then least(
        o.CloseDate,
        strftime(coalesce(o.LastStageChangeDate, c.moment)::timestamptz
            at time zone getvariable('time_zone'), '%Y-%m-%d')
    ) end as closed_at,
    case when o.IsClosed is distinct from 'true' then o.CloseDate end as expected_close_at,
    o.StageName as stage,
    case
        when o.IsWon = 'true' then 'won' when o.IsClosed = 'true' then 'lost'
        when o.IsClosed = 'false' then 'open'
    end as outcome,
    o.Amount as amount,
    coalesce(o.CurrencyIsoCode, (select any_value(Currency) from Organization)) as currency,
    p.Name as product
from Opportunity o
left join closed_on c on c.OpportunityId = o.Id
left join first_lead l on l.Id = o.Id
left join product p on p.Id = o.Id
