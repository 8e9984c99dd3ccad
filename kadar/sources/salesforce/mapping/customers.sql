-- Accounts. A merged account is in the recycle bin and names the one it went into.
select
    _row,
    Id as customer_id,
    Name as name,
    Type as segment,
    Industry as industry,
    BillingCountry as country,
    BillingState as region,
    AccountSource as channel,
    OwnerId as owner_id,
    CreatedDate as created_at,
    case when IsDeleted = 'true' then MasterRecordId end as merged_into
from Account
