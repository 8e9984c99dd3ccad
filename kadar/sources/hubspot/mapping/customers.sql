-- Companies, or contacts where those are the customers, and the records merged into them.
with own as (
    select _row, id, name, industry, country, state as region, hs_analytics_source as channel,
        null as campaign_id, hubspot_owner_id as owner_id, createdate as created_at,
        hs_v2_date_entered_customer as acquired_at, hs_merged_object_ids as merged
    from companies where customer = id
    union all
    select _row, id, nullif(concat_ws(' ', firstname, lastname), ''), null, country, null,
        hs_analytics_source, hs_analytics_first_touch_converting_campaign, hubspot_owner_id,
        createdate, hs_v2_date_entered_customer,
        concat_ws(';', hs_merged_object_ids,
            regexp_replace(hs_calculated_merged_vids, ':[0-9]+', '', 'g'))
    from contacts where customer = id
),
merged as (
    select distinct max(_row) as _row, customer_id, max(id) as merged_into
    from (select _row, id, unnest(string_split(merged, ';')) as customer_id from own)
    where customer_id <> '' and customer_id <> id
    group by customer_id
)
select o._row, o.id as customer_id, o.name, o.industry, o.country, o.region, o.channel,
    c.id as campaign_id, o.owner_id, o.created_at, o.acquired_at, null as merged_into
from own o
left join campaigns c on c.id = o.campaign_id
where o.id not in (select customer_id from merged)
union all by name
select _row, customer_id, merged_into from merged
