select _row, id as deal_id, title as name, owner as owner_id, opened as created_at,
    closed as closed_at, state as outcome, value as amount, getvariable('currency') as currency
from deals
