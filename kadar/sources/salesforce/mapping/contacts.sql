select
    _row,
    Id as contact_id,
    AccountId as customer_id,
    Name as name,
    Email as email,
    coalesce(MobilePhone, Phone) as phone,
    CreatedDate as created_at,
    -- that nobody opted out does not say that somebody consented
    case when HasOptedOutOfEmail = 'true' then false end as consented
from Contact
