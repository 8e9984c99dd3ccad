-- A campaign's actual cost is one sum without dates: it is placed at the campaign's beginning.
select
    c._row,
    c.Id as spend_id,
    coalesce(c.StartDate, c.CreatedDate) as spent_at,
    c.Type as channel,
    c.Id as campaign_id,
    case
        when regexp_matches(lower(c.Type), 'conference|webinar|seminar|trade show|event') then 'events'
        when c.Type is null or lower(c.Type) in ('other', 'partners', 'referral program') then 'other'
        else 'media'
    end as category,
    'marketing' as team,
    c.ActualCost as amount,
    coalesce(c.CurrencyIsoCode, (select any_value(Currency) from Organization)) as currency
from Campaign c
where c.ActualCost::double <> 0
