"""The tables of Dataverse that are read, each with the columns that the mapping uses.

An object is called by its logical name (`opportunity`); what its entity set is called, the
metadata say. A column `_x_value` is the id of a lookup; a view's column `x_name` what the record
is called that it points to, `x_label` how Dataverse writes an option in the language of the
application user: only where `stringmap`, which has the labels of all languages as they are now,
says nothing.
"""

from __future__ import annotations

from kadar.sources.live.connector import Object, columns

NAME = "OData.Community.Display.V1.FormattedValue"

OWNED = "_ownerid_value createdon modifiedon statecode statuscode"
MERGED = "_masterid_value merged"
MONEY = "_transactioncurrencyid_value exchangerate"


def table(
    name: str,
    names: str,
    *,
    key: str = "",
    modified: str | None = "modifiedon",
    choices: str = "",
    names_of: str = "",
    fills: str = "",
) -> Object:
    """Declare a table: its columns, lookups whose table and whose name the views have too."""
    key = key or f"{name}id"
    listed = {key: None} | dict.fromkeys(names.split())
    paths = columns(*listed)
    for choice in choices.split():
        paths[f"{choice}_label"] = f'$."{choice}@{NAME}"'
    for lookup in names_of.split():
        paths[f"{lookup}_name"] = f'$."_{lookup}_value@{NAME}"'
    return Object(
        name,
        paths,
        key=f"$.{key}",
        modified=f"$.{modified}" if modified else None,
        tables=tuple(fills.split()),
    )


ACTIVITY = "activityid"
CUSTOMER = "_customerid_value"
REGARDING = "_regardingobjectid_value"

TABLES = (
    # what options of choices are called: a table of its own, in every language installed
    table(
        "stringmap",
        "objecttypecode attributename attributevalue value",
        modified=None,
    ),
    table("transactioncurrency", "isocurrencycode exchangerate modifiedon"),
    table("product", "name _parentproductid_value modifiedon"),
    table(
        "systemuser",
        "fullname internalemailaddress title isdisabled applicationid modifiedon "
        "_parentsystemuserid_value",
        names_of="businessunitid",
        fills="people",
    ),
    table("team", "name emailaddress modifiedon"),
    table(
        "account",
        f"name customertypecode industrycode address1_country address1_stateorprovince "
        f"_originatingleadid_value {OWNED} {MERGED}",
        choices="customertypecode industrycode",
        fills="customers",
    ),
    table(
        "contact",
        "fullname emailaddress1 telephone1 mobilephone donotbulkemail donotemail "
        "leadsourcecode address1_country address1_stateorprovince _parentcustomerid_value "
        f"_originatingleadid_value {OWNED} {MERGED}",
        fills="contacts",
    ),
    table(
        "lead",
        "leadsourcecode address1_country _campaignid_value _qualifyingopportunityid_value "
        f"{CUSTOMER} _parentaccountid_value _parentcontactid_value {OWNED} {MERGED}",
        choices="leadsourcecode statuscode",
        fills="leads",
    ),
    table(
        "opportunity",
        f"name {CUSTOMER} _originatingleadid_value _campaignid_value estimatedvalue actualvalue "
        f"estimatedclosedate actualclosedate stepname salesstage {OWNED} {MONEY}",
        choices="salesstage statuscode",
        fills="deals",
    ),
    table(
        "opportunityclose",
        "_opportunityid_value actualend createdon modifiedon",
        key=ACTIVITY,
    ),
    table(
        "audit",
        "_objectid_value objecttypecode operation createdon _userid_value changes",
        modified="createdon",
    ),
    *(
        table(
            process,
            "_opportunityid_value _activestageid_value activestagestartedon traversedpath "
            "completedon createdon modifiedon",
            key="businessprocessflowinstanceid",
        )
        for process in ("opportunitysalesprocess", "leadtoopportunitysalesprocess")
    ),
    table("processstage", "stagename", modified=None),
    table(
        "campaign",
        "name typecode actualstart actualend proposedstart proposedend othercost "
        f"totalcampaignactivityactualcost {OWNED} {MONEY}",
        choices="typecode",
        fills="campaigns",
    ),
    table(
        "campaignactivity",
        f"{REGARDING} actualcost actualstart actualend scheduledstart scheduledend "
        f"channeltypecode {OWNED} {MONEY}",
        key=ACTIVITY,
        choices="channeltypecode",
        fills="spend",
    ),
    table("campaignitem", "_campaignid_value campaignid entityid createdon modifiedon"),
    table(
        "listmember",
        "_listid_value _entityid_value createdon modifiedon",
    ),
    table(
        "incident",
        f"{CUSTOMER} _primarycontactid_value caseorigincode casetypecode prioritycode "
        "customersatisfactioncode _firstresponsebykpiid_value "
        f"{OWNED} {MERGED}",
        names_of="subjectid",
        choices="caseorigincode casetypecode prioritycode statuscode",
        fills="tickets",
    ),
    table("incidentresolution", f"_incidentid_value actualend {OWNED}", key=ACTIVITY),
    table(
        "slakpiinstance",
        "_regarding_value name status succeededon pausedon lastresumetime createdon modifiedon",
    ),
    table(
        "activitypointer",
        f"activitytypecode {REGARDING} actualstart actualend scheduledend senton "
        f"isworkflowcreated {OWNED}",
        key=ACTIVITY,
        fills="interactions",
    ),
    table("email", "directioncode createdon modifiedon", key=ACTIVITY),
    table("phonecall", "directioncode createdon modifiedon", key=ACTIVITY),
    table(
        "salesorder",
        f"name {CUSTOMER} _opportunityid_value _campaignid_value totalamount totaltax "
        f"freightamount totalamountlessfreight submitdate {OWNED} {MONEY}",
        fills="orders",
    ),
    table(
        "salesorderdetail",
        "_salesorderid_value _productid_value productdescription quantity "
        "extendedamount tax createdon modifiedon",
        fills="order_lines",
    ),
    table(
        "invoice",
        f"name {CUSTOMER} _opportunityid_value _salesorderid_value totalamount totaltax "
        f"freightamount totalamountlessfreight {OWNED} {MONEY}",
    ),
    table(
        "invoicedetail",
        "_invoiceid_value _productid_value productdescription quantity "
        "extendedamount tax createdon modifiedon",
    ),
    table(
        "contract",
        f"title {CUSTOMER} contractservicelevelcode activeon expireson "
        f"cancelon netprice {OWNED} {MONEY}",
        choices="contractservicelevelcode",
        fills="subscriptions",
    ),
    table(
        "msfp_surveyinvite",
        f"{REGARDING} _msfp_surveyid_value msfp_invitesentdate msfp_inviteemailaddress "
        "msfp_channel createdon modifiedon statecode",
        key=ACTIVITY,
        choices="msfp_channel",
    ),
    table(
        "msfp_surveyresponse",
        f"{REGARDING} _msfp_surveyid_value _msfp_surveyinviteid_value msfp_npsscore "
        "msfp_satisfactionmetricvalue msfp_submitdate msfp_respondentemailaddress "
        "createdon modifiedon",
        key=ACTIVITY,
        fills="surveys",
    ),
)

# of the audit's records only the changes of these columns are kept: the rest is nobody's business
AUDITED = {
    "opportunity": ("stepname", "salesstage", "statecode"),
    "lead": ("statecode",),
    "incident": ("statecode", "ownerid", "customersatisfactioncode"),
}
