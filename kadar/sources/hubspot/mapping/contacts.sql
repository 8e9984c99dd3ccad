select
    _row,
    id as contact_id,
    customer as customer_id,
    nullif(concat_ws(' ', firstname, lastname), '') as name,
    email,
    coalesce(phone, mobilephone) as phone,
    createdate as created_at,
    -- not to have opted out is no consent
    case
        when hs_email_optout = 'true' then false
        when hs_legal_basis ilike '%consent%' then true
    end as consented
from contacts
