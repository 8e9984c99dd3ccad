-- ContactObj 联系人
select _row,
    _key as contact_id,
    account as customer_id,
    name,
    email,
    coalesce(mobile, tel) as phone,
    create_time as created_at
from ContactObj
