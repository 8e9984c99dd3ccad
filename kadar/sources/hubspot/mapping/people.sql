-- Owners, those who left too: what they sold stays theirs. Their team is the primary one.
select
    _row,
    id as person_id,
    nullif(concat_ws(' ', firstName, lastName), '') as name,
    email,
    (
        select arg_min(team ->> '$.name', case when team ->> '$.primary' = 'true' then 0 else 1 end)
        from (select unnest(teams::json[]) as team)
    ) as team,
    archived <> 'true' as active
from owners
