"""Interactions per customer."""

from kadar.kpi import NUMBER, PERCENT, UP, Crm, Facts, Formula, _, known, kpi, rows


@kpi(
    unit=NUMBER,
    better=UP,
    roles=["marketing", "service"],
    core=True,
    improve=["Valuable customers nobody has contacted lately"],
)
def interactions_per_customer(crm: Crm) -> Formula:
    """Interactions of people with customers in the period, per customer active in it.

    Automated ones are left out.
    """
    return _by_people(crm).per("customer_id", times=rows()).sum(_.times) / _active(crm).count()


@interactions_per_customer.variant
def count(crm: Crm) -> Formula:
    """Just the number of interactions of people with customers."""
    return _by_people(crm).where(_.customer_id.notnull()).count()


@interactions_per_customer.variant(reported_by="tools that count newsletters")
def all(crm: Crm) -> Formula:  # noqa: A001  (the variant's name)
    """Automated interactions counted too."""
    times = crm.interactions.occurred.per("customer_id", times=rows())
    return times.sum(_.times) / _active(crm).count()


@interactions_per_customer.variant(unit=PERCENT)
def untouched(crm: Crm) -> Formula:
    """Share of the active customers with whom nobody interacted in the period."""
    touched = _by_people(crm).per("customer_id")
    active = _active(crm).matching(touched, "customer_id")
    return active.count(~_.matched) / active.count()


def _by_people(crm: Crm) -> Facts:
    return crm.interactions.occurred.leave_out(automated=known(_.automated, False))


def _active(crm: Crm) -> Facts:
    return crm.spells.active.where(_.during).per("customer_id")
