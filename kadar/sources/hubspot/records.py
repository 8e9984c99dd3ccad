"""Records of the CRM: which kinds are read, with which properties, histories, associations."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.sources.live.connector import Object

MODIFIED = "$.updatedAt"
ENGAGED = ("companies", "contacts", "deals")  # what engagements and purchases are looked up by


@dataclass(frozen=True)
class Kind:
    """One kind of record: `deals`.

    `histories` are properties read with every value they had; HubSpot then gives 50 records a page
    rather than 100. `to` are the kinds whose associations are read.
    """

    name: str
    properties: tuple[str, ...]
    to: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """Properties whose history the mapping may see: a contact's status, where it was read."""
        return (*self.histories, *(("hs_lead_status",) if self.name == "contacts" else ()))

    @property
    def modified(self) -> str:
        """Name of the property that every change moves."""
        return "lastmodifieddate" if self.name == "contacts" else "hs_lastmodifieddate"

    @property
    def object(self) -> Object:
        """How its records are landed and seen by the mapping."""
        columns = {
            "id": "$.id",
            "created": "$.createdAt",
            "customer": "$.kadar.customer",
            "lead": "$.kadar.lead",
            **{name: f'$.properties."{name}"' for name in self.properties},
            **{f"{n}__history": f'$.propertiesWithHistory."{n}"' for n in self.told},
            **{other: f"$.associations.{other}" for other in self.to},
        }
        return Object(
            self.name, columns, modified=MODIFIED, tables=self.tables, within="$.properties"
        )


def _kind(
    name: str,
    properties: str,
    to: tuple[str, ...] = (),
    histories: str = "",
    tables: str = "",
) -> Kind:
    return Kind(
        name, tuple(properties.split()), to, tuple(histories.split()), tuple(tables.split())
    )


KINDS = {
    kind.name: kind
    for kind in (
        _kind(
            "companies",
            "name industry country state hs_analytics_source hubspot_owner_id createdate"
            " hs_v2_date_entered_customer hs_merged_object_ids",
            tables="customers",
        ),
        _kind(
            "contacts",
            "firstname lastname email phone mobilephone country hubspot_owner_id createdate"
            " lifecyclestage hs_lead_status hs_analytics_source hs_email_optout hs_legal_basis"
            " hs_analytics_first_touch_converting_campaign hs_v2_date_entered_lead"
            " hs_v2_date_entered_marketingqualifiedlead hs_v2_date_entered_salesqualifiedlead"
            " hs_v2_date_entered_opportunity hs_v2_date_entered_customer"
            " hs_merged_object_ids hs_calculated_merged_vids",
            ("companies", "deals"),
            tables="contacts",
        ),
        _kind(
            "deals",
            "dealname amount deal_currency_code dealstage pipeline dealtype closedate createdate"
            " hs_is_closed hs_is_closed_won closed_lost_reason hs_analytics_source hs_campaign"
            " hubspot_owner_id hs_merged_object_ids",
            ("companies", "contacts"),
            "dealstage",
            "deals",
        ),
        _kind(
            "leads",
            "hs_lead_name hs_lead_type hs_lead_label hs_pipeline hs_pipeline_stage hs_createdate"
            " hs_lead_disqualification_reason hubspot_owner_id hs_merged_object_ids",
            ("companies", "contacts", "deals"),
            "hs_pipeline_stage",
            "leads",
        ),
        _kind(
            "tickets",
            "hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category createdate"
            " closed_date first_agent_reply_date source_type hubspot_owner_id"
            " hs_merged_object_ids",
            ("companies", "contacts"),
            "hs_pipeline_stage hubspot_owner_id",
            "tickets",
        ),
        _kind(
            "feedback_submissions",
            "hs_survey_id hs_survey_type hs_survey_channel hs_value hs_response_group hs_content"
            " hs_submission_timestamp hs_contact_id hs_ticket_id",
            ("contacts", "tickets"),
            tables="surveys",
        ),
        _kind("calls", "hs_timestamp hs_call_direction hs_call_status hubspot_owner_id", ENGAGED),
        _kind(
            "emails", "hs_timestamp hs_email_direction hs_email_status hubspot_owner_id", ENGAGED
        ),
        _kind(
            "meetings",
            "hs_timestamp hs_meeting_start_time hs_meeting_outcome hubspot_owner_id",
            ENGAGED,
        ),
        _kind(
            "tasks",
            "hs_timestamp hs_task_status hs_task_completion_date hubspot_owner_id",
            ENGAGED,
        ),
        _kind("notes", "hs_timestamp hubspot_owner_id", ENGAGED),
        _kind(
            "communications",
            "hs_timestamp hs_communication_channel_type hubspot_owner_id",
            ENGAGED,
        ),
        _kind(
            "orders",
            "hs_total_price hs_subtotal_price hs_order_discount hs_tax hs_shipping_cost"
            " hs_refund_amount hs_currency_code hs_external_created_date hs_external_order_status"
            " hs_source_store hs_createdate",
            ENGAGED,
            tables="orders",
        ),
        _kind(
            "invoices",
            "hs_invoice_status hs_amount_billed hs_currency hs_invoice_date hs_createdate",
            ENGAGED,
        ),
        _kind(
            "line_items",
            "name quantity price amount hs_product_type hs_cost_of_goods_sold hs_position_on_quote",
            ("deals", "invoices", "orders"),
            tables="order_lines",
        ),
        _kind(
            "subscriptions",
            "hs_name hs_status hs_mrr hs_currency_code hs_recurring_billing_start_date"
            " hs_recurring_billing_end_date hs_last_payment_status hs_createdate",
            ENGAGED,
            "hs_mrr hs_status",
            "subscriptions",
        ),
    )
}
