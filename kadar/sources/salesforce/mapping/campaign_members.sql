select
    m._row,
    m.Id as campaign_member_id,
    m.CampaignId as campaign_id,
    c.AccountId as customer_id,
    m.LeadId as lead_id,
    case when lower(m.Status) like '%control%' then 'control' else 'treated' end as arm,
    m.CreatedDate as joined_at
from CampaignMember m
left join Contact c on c.Id = m.ContactId
