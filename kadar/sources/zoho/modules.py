"""The modules of Zoho CRM that are read: their fields, and what the mapping sees of them."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.sources.live.connector import Object, columns

_TIMES = ("Created_Time", "Modified_Time")


@dataclass(frozen=True)
class Module:
    """One module: fields that hold values, and lookups, of which the mapping sees the id."""

    name: str
    fields: tuple[str, ...]
    lookups: tuple[str, ...]
    tables: tuple[str, ...] = ()
    converted: bool = False  # leads: those that were converted are listed apart

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every field that is asked for, `id` aside, which always comes."""
        return (*self.fields, *self.lookups)

    @property
    def object(self) -> Object:
        """The module as the core sees it."""
        listed = {"id": "$.id"} | columns(*self.fields)
        listed |= {name: f'$."{name}"."id"' for name in self.lookups}
        if self.converted:  # older leads have their conversion only here
            listed |= columns("deal", "account", "contact", within='."$converted_detail"')
        return Object(self.name, listed, modified="$.Modified_Time", tables=self.tables)


def _module(
    name: str, fields: str, lookups: str, tables: str = "", converted: bool = False
) -> Module:
    return Module(
        name, (*fields.split(), *_TIMES), tuple(lookups.split()), tuple(tables.split()), converted
    )


MODULES = {
    module.name: module
    for module in (
        _module(
            "Accounts",
            "Account_Name Account_Type Industry Billing_Country Billing_State",
            "Owner Parent_Account",
            "customers",
        ),
        _module(
            "Contacts",
            "First_Name Last_Name Full_Name Email Phone Mobile Email_Opt_Out Lead_Source "
            "Mailing_Country",
            "Owner Account_Name",
            "contacts",
        ),
        _module(
            "Leads",
            "Lead_Source Lead_Status Country Converted__s Converted_Date_Time",
            "Owner Converted_Account Converted_Contact Converted_Deal",
            "leads",
            converted=True,
        ),
        _module(
            "Campaigns",
            "Campaign_Name Type Status Start_Date End_Date Actual_Cost Currency",
            "Owner",
            "campaigns spend",
        ),
        _module(
            "Deals",
            "Deal_Name Stage Pipeline Type Amount Currency Closing_Date Lead_Source "
            "Reason_For_Loss__s",
            "Owner Account_Name Contact_Name Campaign_Source",
            "deals",
        ),
        _module(
            "Calls",
            "Call_Start_Time Call_Type Outgoing_Call_Status",
            "Owner Who_Id What_Id",
        ),
        _module("Events", "Start_DateTime End_DateTime", "Owner Who_Id What_Id", "interactions"),
        _module("Tasks", "Status Closed_Time", "Owner Who_Id What_Id"),
        _module(
            "Sales_Orders",
            "Status Grand_Total Tax Currency",
            "Owner Account_Name Contact_Name Deal_Name",
            "orders",
        ),
        _module(
            "Invoices",
            "Status Invoice_Date Grand_Total Tax Currency",
            "Owner Account_Name Contact_Name Deal_Name",
        ),
        _module(
            "Cases",
            "Status Priority Case_Origin Type",
            "Owner Account_Name Related_To",
        ),
    )
}
