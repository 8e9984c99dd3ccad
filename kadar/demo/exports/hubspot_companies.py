"""HubSpot companies and contacts: every account, CSV with a byte order mark."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import Text, minute
from kadar.demo.people import COUNTRY_NAMES
from kadar.demo.report import MERGED, DemoFile, Fault

COMPANIES = (
    "Record ID",
    "Company name",
    "Company Domain Name",
    "Company owner",
    "HubSpot Owner ID",
    "Industry",
    "Segment",
    "Country/Region",
    "State/Region",
    "Original Source",
    "Campaign ID",
    "Create Date",
    "Customer Since",
    "Merged Into ID",
    "Churn Reason",
)
CONTACTS = (
    "Record ID",
    "First Name",
    "Last Name",
    "Email",
    "Phone Number",
    "Contact owner",
    "Lifecycle Stage",
    "Country/Region",
    "Associated Company IDs",
    "Create Date",
    "Marketing consent",
)


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write both files."""
    names = {person.id: person.name for person in company.people}
    accounts = Text("exports/hubspot-crm-exports-all-companies.csv", "customers", COMPANIES)
    people = Text("exports/hubspot-crm-exports-all-contacts.csv", "contacts", CONTACTS)
    for customer in [*company.customers, *company.twice]:
        if customer.merged_into:
            accounts.fault(customer.id, "Merged Into ID", "entered twice, merged since", MERGED)
        accounts.add(
            (
                customer.id,
                customer.name,
                customer.email.split("@")[1],
                names[customer.owner_id],
                customer.owner_id,
                customer.industry,
                customer.segment,
                COUNTRY_NAMES[customer.country],
                customer.region,
                customer.channel,
                customer.campaign_id,
                minute(customer.created),
                customer.since.date().isoformat() if customer.since else None,
                customer.merged_into,
                customer.reason if customer.since else None,
            )
        )
        first, _, last = customer.contact.partition(" ")
        people.add(
            (
                customer.contact_id,
                first,
                last,
                customer.email,
                customer.phone,
                names[customer.owner_id],
                "Customer" if customer.since else "Opportunity",
                COUNTRY_NAMES[customer.country],
                customer.id,
                minute(customer.created),
                {True: "Yes", False: "No", None: ""}[customer.consented],
            )
        )
    files = [accounts.save(folder, "utf-8-sig"), people.save(folder, "utf-8-sig")]
    return files, accounts.faults + people.faults
