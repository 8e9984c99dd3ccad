"""Net promoter score."""

from kadar.kpi import POINTS, UP, Crm, Facts, Formula, _, either, kpi, rows, total


@kpi(
    unit=POINTS,
    better=UP,
    roles=["marketing", "service"],
    core=True,
    improve=[
        "Detractors to call, with their open tickets and last order",
        "Promoters to thank",
    ],
)
def nps(crm: Crm) -> Formula:
    """100 x (answers 9 to 10 - answers 0 to 6) / answers, of the answers given in the period."""
    answers = _answers(crm)
    promoters, detractors = answers.count(_.score >= 9), answers.count(_.score <= 6)
    return 100 * ((promoters - detractors) / answers.count())


@nps.variant
def per_customer(crm: Crm) -> Formula:
    """Only the latest answer of each customer in the period."""
    answers = _answers(crm).latest("customer_id")
    promoters, detractors = answers.count(_.score >= 9), answers.count(_.score <= 6)
    return 100 * ((promoters - detractors) / answers.count())


@nps.variant
def per_account(crm: Crm) -> Formula:
    """Each customer's own score, from all of its people's answers, then the mean of them."""
    accounts = _answers(crm).per(
        "customer_id",
        balance=total(either(_.score >= 9, 1, either(_.score <= 6, -1, 0))),
        answers=rows(),
    )
    return 100 * accounts.mean(_.balance / _.answers)


def _answers(crm: Crm) -> Facts:
    asked = crm.surveys.answered.where(_.kind == "nps")
    return asked.leave_out(no_score=_.score.isnull())
