-- CampaignMembersObj 活动成员
select m._row,
    m._key as campaign_member_id,
    m.campaign as campaign_id,
    coalesce(m.account, c.account) as customer_id,
    m.lead as lead_id,
    'treated' as arm,
    m.create_time as joined_at
from CampaignMembersObj m
left join ContactObj c on c._key = m.contact
