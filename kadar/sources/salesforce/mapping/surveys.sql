-- Answers to questions of type NPS, CSAT and Rating; and who was invited and has not answered, for
-- each question that others answered of the same survey.
with question as (
    select Id, case
            when QuestionType = 'NPS' then 'nps'
            when regexp_matches(lower(Name), 'effort|how easy|betapa mudah|费力') then 'ces'
            else 'csat'
        end as kind
    from SurveyQuestion where QuestionType in ('NPS', 'CSAT', 'Rating')
),
remark as (
    select r.ResponseId, string_agg(r.ResponseValue, e'\n' order by r.CreatedDate, r.Id) as said
    from SurveyQuestionResponse r join SurveyQuestion q on q.Id = r.QuestionId
    where q.QuestionType in ('FreeText', 'ShortText') group by r.ResponseId
),
ticket as (
    select ParentId, any_value(SubjectId) as CaseId
    from SurveySubject where SubjectId like '500%' group by ParentId
),
answer as (
    select a._row, a.Id, q.kind, a.InvitationId, a.ResponseId,
        coalesce(a.NumberValue, a.ResponseValue) as score,
        coalesce(s.CompletionDateTime, a.CreatedDate) as answered_at, s.SurveyId
    from SurveyQuestionResponse a
    join question q on q.Id = a.QuestionId
    left join SurveyResponse s on s.Id = a.ResponseId
    where a.NumberValue is not null or regexp_full_match(a.ResponseValue, '[0-9]+([.][0-9]+)?')
),
asked as (
    select _row, Id, kind, InvitationId, ResponseId, score, answered_at from answer
    union all
    select i._row, i.Id || ':' || k.kind, k.kind, i.Id, null, null, null
    from SurveyInvitation i
    join (select distinct SurveyId, kind from answer) k on k.SurveyId = i.SurveyId
    where coalesce(i.ContactId, i.ParticipantId) is not null
        and i.Id not in (select InvitationId from answer where InvitationId is not null)
)
select
    a._row,
    a.Id as survey_id,
    p.AccountId as customer_id,
    p.Id as contact_id,
    coalesce(r.CaseId, t.CaseId) as ticket_id,
    a.kind,
    i.CreatedDate as sent_at,
    a.answered_at,
    a.score,
    m.said as comment
from asked a
left join SurveyInvitation i on i.Id = a.InvitationId
left join Contact p on p.Id = coalesce(i.ContactId, i.ParticipantId)
left join ticket r on r.ParentId = a.ResponseId
left join ticket t on t.ParentId = a.InvitationId
left join remark m on m.ResponseId = a.ResponseId
