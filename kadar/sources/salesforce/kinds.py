"""The objects of Salesforce that are read, and the fields of each that the mapping uses."""

from __future__ import annotations

from dataclasses import dataclass

ORGANIZATION = "Organization"  # its settings: in which currency amounts without one are


@dataclass(frozen=True)
class Kind:
    """How one object is read.

    `fields` are read where the account may see them; of `optional` ones nothing is said where it
    may not, or where the organisation does not have them. `stamp` is the field that says when a
    record last changed; without one the object is small and read whole each time. What `grows`
    only gets new records, which outlive what Salesforce keeps of them. What `merges` keeps the
    records that were merged into another.
    """

    fields: tuple[str, ...]
    tables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    stamp: str | None = "SystemModstamp"
    grows: bool = False
    merges: bool = False

    @property
    def wanted(self) -> tuple[str, ...]:
        """All fields, the optional ones last."""
        return (*self.fields, *self.optional)


def _kind(
    fields: str, *tables: str, optional: str = "", grows: bool = False, merges: bool = False
) -> Kind:
    own = "Id CreatedDate CreatedById" if grows else "Id CreatedDate SystemModstamp IsDeleted"
    stamp = "CreatedDate" if grows else "SystemModstamp"
    listed = (*own.split(), *fields.split())
    return Kind(listed, tables, tuple(optional.split()), stamp, grows, merges)


def _small(fields: str, *tables: str) -> Kind:
    return Kind(("Id", *fields.split()), tables, stamp=None)


KINDS: dict[str, Kind] = {
    "CurrencyType": _small("IsoCode ConversionRate IsCorporate IsActive"),
    "DatedConversionRate": _small("IsoCode StartDate NextStartDate ConversionRate"),
    "OpportunityStage": _small("ApiName MasterLabel IsClosed IsWon SortOrder"),
    "CaseStatus": _small("ApiName MasterLabel IsClosed"),
    "UserRole": _small("Name"),
    "User": Kind(
        (
            "Id", "CreatedDate", "SystemModstamp", "Name", "Email", "IsActive", "Title",
            "Department", "UserRoleId", "ManagerId", "UserType",
        ),
        ("people",),
    ),
    "Campaign": _kind(
        "Name Type StartDate EndDate ActualCost", "campaigns", "spend", optional="CurrencyIsoCode"
    ),
    "Account": _kind(
        "MasterRecordId Name Type Industry BillingCountry BillingState AccountSource OwnerId",
        "customers",
        merges=True,
    ),
    "Contact": _kind("AccountId Name Email Phone MobilePhone HasOptedOutOfEmail", "contacts"),
    "Lead": _kind(
        "LeadSource Status Country OwnerId IsConverted ConvertedDate ConvertedAccountId "
        "ConvertedContactId ConvertedOpportunityId",
        "leads",
    ),
    "LeadHistory": _kind("LeadId Field OldValue NewValue", grows=True),
    "CampaignMember": _kind(
        "CampaignId LeadId ContactId Status FirstRespondedDate", "campaign_members"
    ),
    "Product2": _kind("Name Family"),
    "Opportunity": _kind(
        "AccountId Name StageName Amount CloseDate IsClosed IsWon LeadSource CampaignId Type "
        "LastStageChangeDate OwnerId",
        "deals",
        optional="CurrencyIsoCode",
    ),
    "OpportunityLineItem": _kind("OpportunityId Product2Id TotalPrice"),
    "OpportunityHistory": _kind("OpportunityId StageName", "deal_stages", grows=True),
    "OpportunityFieldHistory": _kind("OpportunityId Field OldValue NewValue", grows=True),
    "Order": _kind(
        "AccountId OpportunityId EffectiveDate StatusCode TotalAmount", "orders",
        optional="CurrencyIsoCode",
    ),
    "OrderItem": _kind("OrderId OrderItemNumber Product2Id Quantity TotalPrice", "order_lines"),
    "Contract": _kind(
        "AccountId ContractNumber StartDate EndDate StatusCode ActivatedDate", "subscriptions",
        optional="CurrencyIsoCode",
    ),
    "Task": _kind(
        "WhoId WhatId AccountId Subject TaskSubtype ActivityDate IsClosed CompletedDateTime "
        "CallType OwnerId",
        "interactions",
    ),
    "Event": _kind(
        "WhoId WhatId AccountId StartDateTime ActivityDate IsAllDayEvent IsChild OwnerId"
    ),
    "EmailMessage": _kind(
        "ParentId ActivityId RelatedToId Incoming MessageDate Status CreatedById"
    ),
    "Case": _kind(
        "AccountId ContactId Status Priority Origin Type Reason IsClosed ClosedDate OwnerId",
        "tickets",
    ),
    "CaseHistory": _kind("CaseId Field OldValue NewValue", "ticket_events", grows=True),
    "CaseComment": _kind("ParentId IsPublished CreatedById"),
    "SurveyInvitation": _kind("SurveyId ParticipantId ContactId"),
    "SurveyResponse": _kind("InvitationId SurveyId CompletionDateTime"),
    "SurveyQuestion": _kind("Name QuestionType"),
    "SurveyQuestionResponse": _kind(
        "ResponseId InvitationId QuestionId NumberValue ResponseValue", "surveys"
    ),
    "SurveySubject": _kind("ParentId SubjectId"),
}  # fmt: skip
