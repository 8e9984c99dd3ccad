"""Campaign members: whom a campaign was meant for."""

from kadar.model.table import choice, key, moment, reference, table

TABLE = table(
    "campaign_members",
    "Whom a campaign was meant for, and who was left out on purpose to compare.",
    key("campaign_member_id", "The membership's id in its source"),
    reference("campaign_id", "campaigns", "The campaign", required=True),
    reference("customer_id", "customers", "The customer"),
    reference("lead_id", "leads", "The lead"),
    choice("arm", ("treated", "control"), "Reached, or left out to compare"),
    moment("joined_at", "When it was decided"),
    key="campaign_member_id",
    events={"joined": "joined_at"},
)
