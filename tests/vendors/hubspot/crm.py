"""What a HubSpot account holds: records with histories, associations, what was archived, merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NUMBERED = {  # HubSpot takes a type by its name or its number
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-7": "products",
    "0-8": "line_items", "0-14": "quotes", "0-18": "communications", "0-19": "feedback_submissions",
    "0-27": "tasks", "0-46": "notes", "0-47": "meetings", "0-48": "calls", "0-49": "emails",
    "0-53": "invoices", "0-69": "subscriptions", "0-101": "commerce_payments", "0-115": "users",
    "0-123": "orders", "0-136": "leads",
}  # fmt: skip
SINGULAR = {
    "companies": "company", "communications": "communication", "line_items": "line_item",
}  # fmt: skip
NAMES = {
    "companies": "domain name hs_v2_date_entered_customer industry country state lifecyclestage "
    "hubspot_owner_id hs_analytics_source createdate hs_merged_object_ids type",
    "contacts": "email firstname lastname phone mobilephone company jobtitle lifecyclestage country"
    " hs_lead_status hubspot_owner_id hs_analytics_source hs_email_optout hs_legal_basis createdate"
    " hs_analytics_first_touch_converting_campaign hs_v2_date_entered_lead"
    " hs_v2_date_entered_marketingqualifiedlead hs_v2_date_entered_salesqualifiedlead"
    " hs_v2_date_entered_opportunity hs_v2_date_entered_customer"
    " hs_merged_object_ids hs_calculated_merged_vids",
    "deals": "dealname amount dealstage pipeline closedate createdate hs_is_closed hs_is_closed_won"
    " hs_deal_stage_probability closed_lost_reason dealtype hs_analytics_source hs_campaign"
    " hubspot_owner_id deal_currency_code hs_merged_object_ids",
    "tickets": "subject hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category"
    " createdate closed_date first_agent_reply_date time_to_close source_type hubspot_owner_id"
    " hs_merged_object_ids",
    "leads": "hs_lead_name hs_lead_type hs_lead_label hs_pipeline hs_pipeline_stage hs_createdate"
    " hs_lead_disqualification_reason hubspot_owner_id hs_merged_object_ids",
    "feedback_submissions": "hs_content hs_ingestion_id hs_response_group hs_submission_name"
    " hs_submission_timestamp hs_survey_channel hs_survey_id hs_survey_name hs_survey_type hs_value"
    " hs_contact_id hs_ticket_id hs_sentiment",
    "calls": "hs_timestamp hs_call_direction hs_call_duration hs_call_disposition hs_call_status"
    " hs_call_title hubspot_owner_id",
    "emails": "hs_timestamp hs_email_direction hs_email_status hs_email_subject hubspot_owner_id",
    "meetings": "hs_timestamp hs_meeting_outcome hs_meeting_start_time hs_meeting_title"
    " hubspot_owner_id",
    "tasks": "hs_timestamp hs_task_status hs_task_type hs_task_completion_date hs_task_subject"
    " hubspot_owner_id",
    "notes": "hs_timestamp hs_note_body hubspot_owner_id",
    "communications": "hs_timestamp hs_communication_channel_type hs_communication_logged_from"
    " hubspot_owner_id",
    "orders": "hs_order_name hs_total_price hs_subtotal_price hs_order_discount hs_tax"
    " hs_shipping_cost hs_refund_amount hs_currency_code hs_external_order_id hs_payment_status"
    " hs_external_created_date hs_external_order_status hs_source_store hs_createdate",
    "invoices": "hs_number hs_invoice_status hs_amount_billed hs_currency hs_invoice_date"
    " hs_due_date hs_createdate",
    "subscriptions": "hs_name hs_status hs_mrr hs_currency_code hs_recurring_billing_start_date"
    " hs_recurring_billing_end_date hs_recurring_billing_frequency hs_next_payment_due_date"
    " hs_last_payment_status hs_createdate",
    "line_items": "name quantity price amount hs_product_id hs_sku hs_cost_of_goods_sold"
    " hs_position_on_quote hs_line_item_currency_code hs_product_type createdate",
}


def modified_name(kind: str) -> str:
    """Return the property that moves with every change: contacts alone call it otherwise."""
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def written(moment: datetime) -> str:
    """Write a moment as HubSpot does: UTC to the millisecond."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


@dataclass
class Record:
    """One record: what its properties are and were, newest last."""

    id: str
    created: datetime
    modified: datetime
    properties: dict[str, str | None] = field(default_factory=dict)
    history: dict[str, list[tuple[str, datetime]]] = field(default_factory=dict)
    archived: datetime | None = None
    before: tuple[datetime, dict[str, str | None]] | None = None  # what the search index still has


class Crm:
    """The records of an account. What a test does to it takes place now, by this machine's clock.

    `at` of a change is what the history of its properties says; a change is seen by `modified`.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Record]] = {kind: {} for kind in NAMES}
        self.known: dict[str, set[str]] = {
            kind: {*names.split(), "hs_object_id", modified_name(kind)}
            for kind, names in NAMES.items()
        }
        # kind, key -> kind -> other key -> primary
        self.associated: dict[tuple[str, str], dict[str, dict[str, bool]]] = {}
        self.became: dict[tuple[str, str], str] = {}  # merged away -> what it became
        self._next = 1000

    def put(
        self, kind: str, *, key: str | None = None, at: datetime | None = None, **properties: Any
    ) -> str:
        """Make a record and return its id."""
        self._next += 1
        made = str(self._next) if key is None else key
        now = datetime.now(UTC)
        begun = at or now
        record = Record(made, begun, now)
        self.records[kind][made] = record
        name = "createdate" if "createdate" in self.known[kind] else "hs_createdate"
        self._set(kind, record, {name: written(begun), **properties}, begun)
        return made

    def edit(self, kind: str, key: str, at: datetime | None = None, **properties: Any) -> None:
        """Change properties of a record."""
        record = self.records[kind][key]
        record.before = (record.modified, dict(record.properties))
        record.modified = datetime.now(UTC)
        self._set(kind, record, properties, at or record.modified)

    def _set(self, kind: str, record: Record, properties: dict[str, Any], at: datetime) -> None:
        for name, value in properties.items():
            self.known[kind].add(name)
            said = None if value is None else _text(value)
            if record.properties.get(name) == said:
                continue
            record.properties[name] = said
            record.history.setdefault(name, []).append((said or "", at))
        record.properties["hs_object_id"] = record.id
        record.properties[modified_name(kind)] = written(record.modified)

    def link(self, kind: str, key: str, to: str, other: str, *, primary: bool = False) -> None:
        """Associate two records; a deal, contact or ticket has at most one primary company."""
        there = self.associated.setdefault((kind, key), {}).setdefault(to, {})
        if primary:
            for other_id in there:
                there[other_id] = False
        there[other] = primary or there.get(other, False)
        self.associated.setdefault((to, other), {}).setdefault(kind, {}).setdefault(key, False)
        for one, its in ((kind, key), (to, other)):
            self.records[one][its].modified = datetime.now(UTC)
            self._set(one, self.records[one][its], {}, datetime.now(UTC))

    def archive(self, kind: str, key: str) -> None:
        """Delete a record as people do: it can be restored for 90 days."""
        self.records[kind][key].archived = datetime.now(UTC)

    def restore(self, kind: str, key: str) -> None:
        """Take an archived record back."""
        record = self.records[kind][key]
        record.archived = None
        record.modified = datetime.now(UTC)
        self._set(kind, record, {}, record.modified)

    def purge(self, kind: str, key: str) -> None:
        """Delete a record for good (GDPR): it is in no list, nor among the archived."""
        del self.records[kind][key]
        for links in [self.associated.pop((kind, key), {}), *self.associated.values()]:
            links.get(kind, {}).pop(key, None)

    def merge(self, kind: str, primary: str, other: str) -> str:
        """Merge two records into a new one with a new key, as HubSpot does since 2025."""
        kept, lost = self.records[kind][primary], self.records[kind][other]
        values = {**lost.properties, **{k: v for k, v in kept.properties.items() if v is not None}}
        before = [
            part
            for record in (kept, lost)
            for part in [
                *(record.properties.get("hs_merged_object_ids") or "").split(";"), record.id,
            ]
            if part
        ]  # fmt: skip
        self._next += 1
        now = datetime.now(UTC)
        record = Record(str(self._next), min(kept.created, lost.created), now)
        record.history = {k: list(v) for k, v in kept.history.items()}
        record.properties = values
        merged = {"hs_merged_object_ids": ";".join(before)}
        if kind == "contacts":
            merged["hs_calculated_merged_vids"] = ";".join(
                f"{part}:{int(now.timestamp() * 1000)}" for part in before
            )
        self.records[kind][record.id] = record
        self._set(kind, record, merged, now)
        for old in (primary, other):
            for to, ids in self.associated.pop((kind, old), {}).items():
                for its, first in ids.items():
                    back = self.associated[to, its].get(kind, {})
                    was = back.pop(old, False)
                    back[record.id] = was or back.get(record.id, False)
                    here = self.associated.setdefault((kind, record.id), {}).setdefault(to, {})
                    here[its] = here.get(its, False) or (first and old == primary)
                    self.records[to][its].modified = now
                    self._set(to, self.records[to][its], {}, now)
            del self.records[kind][old]
        for old in before:
            self.became[kind, old] = record.id
        return record.id

    def get(self, kind: str, key: str) -> Record | None:
        """Return a record by its key or by one it had before a merge."""
        return self.records[kind].get(self.became.get((kind, key), key))

    def links(self, kind: str, key: str, to: str) -> list[tuple[str, bool]]:
        """Return the live records of a kind a record is associated with, and which is first."""
        there = self.associated.get((kind, key), {}).get(to, {})
        return [
            (other, first)
            for other, first in sorted(there.items(), key=lambda pair: int(pair[0]))
            if self.records[to][other].archived is None
        ]

    def all(self, kind: str, *, archived: bool = False) -> Iterable[Record]:
        """Return the records of a kind by id."""
        return (
            self.records[kind][key]
            for key in sorted(self.records[kind], key=int)
            if (self.records[kind][key].archived is not None) == archived
        )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value) if isinstance(value, datetime) else str(value)
