-- AppraiseObj 服务评价: satisfaction with a service, in stars or in words. Words that say no number
-- are refused with the word
with said as (
    select a.*, trim(coalesce(score.label, a.score)) as score_label
    from AppraiseObj a
    left join Options score on score._key = 'AppraiseObj.score.' || a.score
)
select a._row,
    a._key as survey_id,
    coalesce(a.account, t.account, c.account) as customer_id,
    a.contact as contact_id,
    a.ticket as ticket_id,
    'csat' as kind,
    coalesce(a.answered, a.create_time) as answered_at,
    case
        when regexp_full_match(a.score_label, '[0-9.]+\s*(分|星|stars?|points?)?')
            then regexp_extract(a.score_label, '[0-9.]+')
        when regexp_matches(lower(a.score_label), '(非常|很)不满|very (dis|un)satisfied') then '1'
        when regexp_matches(lower(a.score_label), '不满|dissatisfied|unsatisfied') then '2'
        when regexp_matches(lower(a.score_label), '一般|中立|neutral') then '3'
        when regexp_matches(lower(a.score_label), '(非常|很)满意|very satisfied') then '5'
        when regexp_matches(lower(a.score_label), '满意|satisfied') then '4'
        else a.score_label
    end as score,
    a.comment
from said a
left join CasesObj t on t._key = a.ticket
left join ContactObj c on c._key = a.contact
