-- Answers to NPS, CSAT and effort surveys; custom and knowledge-base surveys have no known scale.
with answered as (
    select
        *,
        contacts ->> '$[0]' as contact,
        tickets ->> '$[0]' as ticket,
        lower(hs_survey_type) as kind,
        -- three faces (0 to 2) or five steps (1 to 5): an answer and its group tell them apart
        bool_or(
            (hs_response_group = 'PROMOTER' and hs_value::double <= 2)
            or (hs_response_group = 'PASSIVE' and hs_value::double <= 1)
            or hs_value::double = 0
        ) over (partition by hs_survey_id) as faces
    from feedback_submissions
    where hs_survey_type in ('NPS', 'CSAT', 'CES')
)
select
    a._row,
    a.id as survey_id,
    coalesce(c.customer, t.customer) as customer_id,
    coalesce(a.contact, a.hs_contact_id) as contact_id,
    coalesce(a.ticket, a.hs_ticket_id) as ticket_id,
    a.kind,
    coalesce(a.hs_submission_timestamp, a.created) as answered_at,
    a.hs_value as score,
    case a.kind when 'nps' then 0 when 'ces' then 1 else if(a.faces, 0, 1) end as scale_min,
    case a.kind when 'nps' then 10 when 'ces' then 7 else if(a.faces, 2, 5) end as scale_max,
    a.hs_content as comment,
    a.hs_survey_channel as channel
from answered a
left join contacts c on c.id = coalesce(a.contact, a.hs_contact_id)
left join tickets t on t.id = coalesce(a.ticket, a.hs_ticket_id)
