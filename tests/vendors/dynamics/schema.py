"""Tables of the stand-in: entity set, key, whether changes are tracked, columns with their types.

Types: s text, i integer, m money or decimal, b boolean, c choice, g id, l lookup, t moment
(UserLocal), d date (DateOnly), w wall clock (TimeZoneIndependent), w0 a date of that kind.
Written from Microsoft's table reference; custom columns are a test's to add.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OWNED = "ownerid:l createdon:t modifiedon:t overriddencreatedon:d statecode:c statuscode:c"
MONEY = "transactioncurrencyid:l exchangerate:m"
ACTIVITY = "activityid:g subject:s regardingobjectid:l actualstart:t actualend:t scheduledstart:t"

TYPES = {
    "s": "String", "i": "Integer", "m": "Money", "b": "Boolean", "c": "Picklist",
    "g": "Uniqueidentifier", "l": "Lookup", "t": "DateTime", "d": "DateTime", "w": "DateTime",
    "w0": "DateTime",
}  # fmt: skip


@dataclass
class TableOf:
    """One table of the environment."""

    name: str
    entity_set: str
    key: str
    tracked: bool
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def properties(self) -> dict[str, str]:
        """Names in a record, and the columns they are of: a lookup `x` is `_x_value`."""
        return {f"_{n}_value" if kind == "l" else n: n for n, kind in self.columns.items()}


def _table(name: str, entity_set: str, key: str, listed: str, tracked: bool = True) -> TableOf:
    columns = {column: kind for column, _, kind in (pair.partition(":") for pair in listed.split())}
    return TableOf(name, entity_set, key, tracked, {key: "g", **columns})


def tables() -> dict[str, TableOf]:
    """Return the tables of a new environment with Sales, Customer Service and Customer Voice."""
    listed = [
        _table("organization", "organizations", "organizationid",
               "name:s languagecode:i basecurrencyid:l expirechangetrackingindays:i"),
        _table("stringmap", "stringmaps", "stringmapid",
               "objecttypecode:s attributename:s attributevalue:i value:s langid:i displayorder:i",
               tracked=False),
        _table("transactioncurrency", "transactioncurrencies", "transactioncurrencyid",
               "isocurrencycode:s currencyname:s exchangerate:m createdon:t modifiedon:t"),
        _table("product", "products", "productid",
               "name:s productnumber:s parentproductid:l createdon:t modifiedon:t"),
        _table("systemuser", "systemusers", "systemuserid",
               "fullname:s internalemailaddress:s title:s isdisabled:b applicationid:g "
               "parentsystemuserid:l businessunitid:l createdon:t modifiedon:t"),
        _table("businessunit", "businessunits", "businessunitid", "name:s modifiedon:t"),
        _table("team", "teams", "teamid", "name:s emailaddress:s teamtype:c isdefault:b "
               "businessunitid:l createdon:t modifiedon:t"),
        _table("account", "accounts", "accountid",
               "name:s customertypecode:c industrycode:c address1_country:s "
               f"address1_stateorprovince:s originatingleadid:l masterid:l merged:b {OWNED}"),
        _table("contact", "contacts", "contactid",
               "fullname:s emailaddress1:s telephone1:s mobilephone:s donotbulkemail:b "
               "donotemail:b leadsourcecode:c address1_country:s address1_stateorprovince:s "
               f"parentcustomerid:l originatingleadid:l masterid:l merged:b {OWNED}"),
        _table("lead", "leads", "leadid",
               "subject:s fullname:s companyname:s emailaddress1:s leadsourcecode:c "
               "address1_country:s campaignid:l qualifyingopportunityid:l customerid:l "
               f"parentaccountid:l parentcontactid:l masterid:l merged:b {OWNED}"),
        _table("opportunity", "opportunities", "opportunityid",
               "name:s customerid:l originatingleadid:l campaignid:l estimatedvalue:m "
               "actualvalue:m estimatedclosedate:d actualclosedate:d stepname:s salesstage:c "
               f"{OWNED} {MONEY}"),
        _table("opportunityclose", "opportunitycloses", "activityid",
               f"opportunityid:l createdon:t modifiedon:t {ACTIVITY}"),
        _table("audit", "audits", "auditid",
               "objectid:l objecttypecode:s operation:c action:c createdon:t userid:l "
               "changedata:s", tracked=False),
        *(
            _table(name, f"{name}es", "businessprocessflowinstanceid",
                   "opportunityid:l activestageid:l activestagestartedon:t traversedpath:s "
                   "completedon:t duration:i createdon:t modifiedon:t", tracked=False)
            for name in ("opportunitysalesprocess", "leadtoopportunitysalesprocess")
        ),
        _table("processstage", "processstages", "processstageid", "stagename:s stagecategory:c",
               tracked=False),
        _table("campaign", "campaigns", "campaignid",
               "name:s typecode:c actualstart:w0 actualend:w0 proposedstart:w0 proposedend:w0 "
               f"othercost:m totalactualcost:m totalcampaignactivityactualcost:m {OWNED} {MONEY}"),
        _table("campaignactivity", "campaignactivities", "activityid",
               f"actualcost:m scheduledend:t channeltypecode:c {ACTIVITY} {OWNED} {MONEY}"),
        _table("campaignitem", "campaignitems", "campaignitemid",
               "campaignid:l entityid:g entitytype:s createdon:t modifiedon:t", tracked=False),
        _table("list", "lists", "listid", "listname:s createdon:t modifiedon:t"),
        _table("listmember", "listmembers", "listmemberid",
               "listid:l entityid:l entitytype:s createdon:t modifiedon:t", tracked=False),
        _table("incident", "incidents", "incidentid",
               "title:s ticketnumber:s customerid:l primarycontactid:l caseorigincode:c "
               "casetypecode:c prioritycode:c customersatisfactioncode:c firstresponsesent:b "
               f"subjectid:l firstresponsebykpiid:l masterid:l merged:b {OWNED}"),
        _table("subject", "subjects", "subjectid", "title:s modifiedon:t"),
        _table("incidentresolution", "incidentresolutions", "activityid",
               f"incidentid:l timespent:i {ACTIVITY} {OWNED}"),
        _table("slakpiinstance", "slakpiinstances", "slakpiinstanceid",
               "regarding:l name:s status:c succeededon:t pausedon:t lastresumetime:t "
               "createdon:t modifiedon:t"),
        _table("activitypointer", "activitypointers", "activityid",
               f"activitytypecode:s scheduledend:t senton:t isworkflowcreated:b {ACTIVITY} "
               f"{OWNED}", tracked=False),
        _table("email", "emails", "activityid", "directioncode:b createdon:t modifiedon:t"),
        _table("phonecall", "phonecalls", "activityid",
               "directioncode:b createdon:t modifiedon:t"),
        _table("salesorder", "salesorders", "salesorderid",
               "name:s ordernumber:s customerid:l opportunityid:l campaignid:l totalamount:m "
               "totaltax:m freightamount:m totalamountlessfreight:m submitdate:d datefulfilled:d "
               f"{OWNED} {MONEY}"),
        _table("salesorderdetail", "salesorderdetails", "salesorderdetailid",
               "salesorderid:l lineitemnumber:i productid:l productdescription:s quantity:m "
               "extendedamount:m tax:m createdon:t modifiedon:t"),
        _table("invoice", "invoices", "invoiceid",
               "name:s invoicenumber:s customerid:l opportunityid:l salesorderid:l totalamount:m "
               f"totaltax:m freightamount:m totalamountlessfreight:m datedelivered:d {OWNED} "
               f"{MONEY}"),
        _table("invoicedetail", "invoicedetails", "invoicedetailid",
               "invoiceid:l lineitemnumber:i productid:l productdescription:s quantity:m "
               "extendedamount:m tax:m createdon:t modifiedon:t"),
        _table("contract", "contracts", "contractid",
               "title:s customerid:l originatingcontract:l contractservicelevelcode:c activeon:d "
               f"expireson:d cancelon:d netprice:m {OWNED} {MONEY}"),
        _table("msfp_surveyinvite", "msfp_surveyinvites", "activityid",
               "msfp_surveyid:l msfp_invitesentdate:t msfp_inviteemailaddress:s msfp_channel:c "
               f"createdon:t modifiedon:t statecode:c {ACTIVITY}"),
        _table("msfp_surveyresponse", "msfp_surveyresponses", "activityid",
               "msfp_surveyid:l msfp_surveyinviteid:l msfp_npsscore:i "
               "msfp_satisfactionmetricvalue:s msfp_submitdate:t msfp_respondentemailaddress:s "
               f"createdon:t modifiedon:t statecode:c {ACTIVITY}"),
    ]  # fmt: skip
    return {one.name: one for one in listed}
