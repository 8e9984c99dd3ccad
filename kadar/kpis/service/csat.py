"""Customer satisfaction."""

from kadar.kpi import PERCENT, POINTS, UP, Crm, Facts, Formula, _, either, kpi


@kpi(
    unit=PERCENT,
    better=UP,
    roles=["service"],
    core=True,
    caveats=["On a scale of fewer than four points only the highest answer counts."],
    improve=["Low scores by agent, category and channel", "Comments grouped"],
)
def csat(crm: Crm) -> Formula:
    """Share of the answers given in the period that lie in the top two boxes of their scale."""
    answers = _answers(crm)
    boxes = either(_.scale_max - _.scale_min >= 3, _.scale_max - 1, _.scale_max)
    return answers.count(_.score >= boxes) / answers.count()


@csat.variant(reported_by="Frappe, Chatwoot", unit=POINTS)
def mean(crm: Crm) -> Formula:
    """Mean of the scores as they were given."""
    return _answers(crm).mean(_.score)


@csat.variant(reported_by="Zendesk")
def good_bad(crm: Crm) -> Formula:
    """Answers above the middle of their scale among those not in the middle."""
    middle = (_.scale_max + _.scale_min) / 2
    sided = _answers(crm).leave_out(neutral=_.score == middle)
    return sided.count(_.score > middle) / sided.count()


def _answers(crm: Crm) -> Facts:
    asked = crm.surveys.answered.where(_.kind == "csat")
    return asked.leave_out(no_score=_.score.isnull())
