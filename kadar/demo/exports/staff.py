"""Staff and campaigns: the small lists behind everything else, CSV in UTF-8."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.campaigns import CAMPAIGNS
from kadar.demo.company import Company
from kadar.demo.exports.text import Text
from kadar.demo.report import DemoFile, Fault
from kadar.demo.seasons import OBSERVED_UNTIL

PEOPLE = ("User ID", "Full Name", "Email", "Team", "Role", "Manager ID", "Active")
CAMPAIGN = ("Campaign ID", "Campaign Name", "Channel", "Start Date", "End Date")
MEMBERS = ("Member ID", "Campaign ID", "Account ID", "Group", "Joined Date")


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the staff, the campaigns and who was in the one that is measured."""
    people = Text("exports/users.csv", "people", PEOPLE)
    for person in company.people:
        people.add(
            (
                person.id,
                person.name,
                person.email,
                person.team,
                person.role,
                person.manager_id,
                "TRUE" if person.works(OBSERVED_UNTIL) else "FALSE",
            )
        )
    campaigns = Text("exports/campaigns.csv", "campaigns", CAMPAIGN)
    for campaign in CAMPAIGNS:
        campaigns.add(
            (
                campaign.id,
                campaign.name,
                campaign.channel,
                campaign.started.isoformat(),
                campaign.ended.isoformat(),
            )
        )
    members = Text("exports/campaign_members.csv", "campaign_members", MEMBERS)
    for position, member in enumerate(company.members):
        members.add(
            (
                f"CM-{position + 1:04d}",
                member.campaign_id,
                member.customer_id,
                member.arm.capitalize(),
                member.joined.isoformat(),
            )
        )
    return [people.save(folder), campaigns.save(folder), members.save(folder)], []
