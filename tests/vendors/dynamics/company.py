"""Contoso: an environment in which everything that the mapping reads has happened once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.vendors.dynamics.standin import Dataverse, guid

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)  # a Tuesday, 16:00 in Kuala Lumpur
SITI, WEI = guid("Siti"), guid("Wei")
ACME, BETA, OLD = guid("Acme"), guid("Beta"), guid("Acme Sdn")
AMINAH, WALK_IN = guid("Aminah"), guid("Walk-in")
WON, LOST, OPEN = guid("won"), guid("lost"), guid("open")
QUALIFIED, GIVEN_UP = guid("qualified"), guid("given up")
SOLVED, WAITING, SPAM = guid("solved"), guid("waiting"), guid("spam")
FAIR = guid("fair")
LABELS = (
    ("lead", "leadsourcecode", 3, "Web", "网站"),
    ("lead", "leadsourcecode", 7, "Trade Show", "展会"),
    ("lead", "statuscode", 1, "New", "新建"),
    ("lead", "statuscode", 3, "Qualified", "已授予资格"),
    ("lead", "statuscode", 5, "Cannot Contact", "无法联系"),
    ("opportunity", "statuscode", 5, "Out-Sold", "已被其他公司中标"),
    ("account", "industrycode", 33, "Wholesale", "批发"),
    ("account", "customertypecode", 3, "Customer", "客户"),
    ("incident", "caseorigincode", 2, "Email", "电子邮件"),
    ("incident", "casetypecode", 2, "Problem", "问题"),
    ("incident", "prioritycode", 1, "High", "高"),
    ("incident", "statuscode", 1, "In Progress", "正在处理"),
    ("incident", "statuscode", 5, "Problem Solved", "问题已解决"),
    ("campaign", "typecode", 3, "Event", "活动"),
    ("campaignactivity", "channeltypecode", 7, "E-mail blast", "邮件群发"),
    ("contract", "contractservicelevelcode", 1, "Gold", "金"),
    ("msfp_surveyinvite", "msfp_channel", 1, "Email", "电子邮件"),
)


class Contoso(Dataverse):
    """Contoso, with its base currency in US dollars; the company reports in ringgit."""

    def __init__(self, page: int = 5000) -> None:
        super().__init__(page)
        self.now = START
        for table, column, value, english, chinese in LABELS:
            self.label(table, column, value, english, chinese)
        self.usd = ("transactioncurrency", self._currency("USD", 1.0))
        self.myr = ("transactioncurrency", self._currency("MYR", 4.4))
        self.sgd = ("transactioncurrency", self._currency("SGD", 1.32))
        self.audited = {"opportunity", "lead", "incident"}
        self._people()
        self._customers()
        self._campaign()
        self._sales()
        self._orders()
        self._service()
        self._voice()

    def _currency(self, code: str, per_base: float) -> str:
        return self.insert("transactioncurrency", guid(code), isocurrencycode=code,
                           currencyname=code, exchangerate=per_base)  # fmt: skip

    def _people(self) -> None:
        unit = ("businessunit", self.insert("businessunit", name="Sales Asia"))
        self.insert("systemuser", SITI, fullname="Siti Nurhaliza", title="Manager",
                    internalemailaddress="siti@contoso.test", isdisabled=False,
                    businessunitid=unit)  # fmt: skip
        self.insert("systemuser", WEI, fullname="Chen Wei", isdisabled=True,
                    parentsystemuserid=("systemuser", SITI), businessunitid=unit)  # fmt: skip
        self.insert("systemuser", guid("robot"), fullname="# kadar", applicationid=guid("app"))
        self.insert("team", guid("desk"), name="Service desk", teamtype=0, businessunitid=unit)
        self.siti, self.wei = ("systemuser", SITI), ("systemuser", WEI)

    def _customers(self) -> None:
        self.insert("account", ACME, name="Acme Sdn Bhd", industrycode=33, customertypecode=3,
                    address1_country="Malaysia", address1_stateorprovince="Selangor",
                    ownerid=self.siti)  # fmt: skip
        self.insert("account", OLD, name="ACME", ownerid=self.wei)
        self.insert("account", BETA, name="Beta Pte", ownerid=self.wei)
        self.merge("account", ACME, OLD)
        self.insert("contact", AMINAH, fullname="Aminah", emailaddress1="Aminah@acme.test",
                    telephone1="+60 3-1", mobilephone="+60 12-1", donotbulkemail=True,
                    parentcustomerid=("account", ACME), ownerid=self.siti)  # fmt: skip
        self.insert("contact", WALK_IN, fullname="Walk-in", emailaddress1="walk@in.test",
                    address1_country="Singapore", ownerid=self.wei)  # fmt: skip
        double = self.insert("contact", fullname="aminah", parentcustomerid=("account", ACME))
        self.merge("contact", AMINAH, double)

    def _campaign(self) -> None:
        self.insert("campaign", FAIR, name="KL Fair", typecode=3,
                    actualstart="2026-09-03T00:00:00Z", proposedend="2026-09-20T00:00:00Z",
                    othercost=500.0, totalactualcost=1700.0,
                    totalcampaignactivityactualcost=1200.0,
                    transactioncurrencyid=self.myr, exchangerate=4.4)  # fmt: skip
        self.insert("campaignactivity", guid("blast"), regardingobjectid=("campaign", FAIR),
                    actualcost=1200.0, actualend="2026-09-04T02:00:00Z", statecode=1,
                    channeltypecode=7, transactioncurrencyid=self.myr)  # fmt: skip
        listed = self.insert("list", listname="Fair visitors")
        self.insert("campaignitem", guid("item"), campaignid=("campaign", FAIR), entityid=listed,
                    entitytype="list")  # fmt: skip
        self.pass_(hours=1)
        self.insert("listmember", guid("member"), listid=("list", listed),
                    entityid=("contact", AMINAH), entitytype="contact")  # fmt: skip

    def _sales(self) -> None:
        self.insert("lead", QUALIFIED, leadsourcecode=3, campaignid=("campaign", FAIR),
                    address1_country="Malaysia", ownerid=self.wei,
                    parentaccountid=("account", ACME))  # fmt: skip
        self.insert("lead", GIVEN_UP, leadsourcecode=7, ownerid=self.wei)
        twin = self.insert("lead", leadsourcecode=7)
        self.merge("lead", GIVEN_UP, twin)
        self.pass_(days=1)
        for deal, customer, currency, rate in (
            (WON, ("contact", AMINAH), self.myr, 4.4),
            (LOST, ("account", BETA), self.sgd, 1.32),
            (OPEN, ("contact", WALK_IN), self.sgd, 1.32),
        ):
            self.insert("opportunity", deal, name=f"Deal {deal[:4]}", customerid=customer,
                        estimatedvalue=1000.5, stepname="1-Qualify", ownerid=self.wei,
                        estimatedclosedate="2026-10-31", transactioncurrencyid=currency,
                        exchangerate=rate)  # fmt: skip
        self.update("opportunity", WON, originatingleadid=("lead", QUALIFIED))
        self.update("lead", QUALIFIED, statecode=1, statuscode=3,
                    qualifyingopportunityid=("opportunity", WON))  # fmt: skip
        self.pass_(hours=5)
        self.update("lead", GIVEN_UP, statecode=2, statuscode=5)
        self.pass_(days=2)
        self.update("opportunity", WON, stepname="2-Develop")
        self.update("opportunity", LOST, stepname="2-Develop")
        self.pass_(days=3)
        self.update("opportunity", WON, stepname="3-Propose")
        self.pass_(days=1)
        self._close(WON, 1, 3, "2026-09-08", actualvalue=1100.25)
        self._close(LOST, 2, 5, "2026-09-07")

    def _close(self, deal: str, state: int, status: int, day: str, **more: object) -> None:
        self.update("opportunity", deal, statecode=state, statuscode=status, actualclosedate=day,
                    **more)  # fmt: skip
        self.insert("opportunityclose", opportunityid=("opportunity", deal),
                    actualend=f"{day}T00:00:00Z")  # fmt: skip

    def _orders(self) -> None:
        family = self.insert("product", name="Filters")
        filter_ = self.insert("product", name="Filter A", parentproductid=("product", family))
        order = self.insert("salesorder", guid("order"), customerid=("contact", AMINAH),
                            opportunityid=("opportunity", WON), submitdate="2026-09-09",
                            totalamount=1180.0, totaltax=60.0, freightamount=20.0,
                            totalamountlessfreight=1100.0, statecode=3, statuscode=100001,
                            transactioncurrencyid=self.myr, exchangerate=4.4)  # fmt: skip
        self.insert("salesorderdetail", guid("line"), salesorderid=("salesorder", order),
                    lineitemnumber=1, productid=("product", filter_), quantity=10.0,
                    extendedamount=1160.0, tax=60.0)  # fmt: skip
        self.insert("salesorder", guid("void"), customerid=("account", BETA), totalamount=5.0,
                    statecode=2, statuscode=4)  # fmt: skip
        self.insert("invoice", guid("its invoice"), customerid=("contact", AMINAH),
                    salesorderid=("salesorder", order), totalamount=1180.0)  # fmt: skip
        bare = self.insert("invoice", guid("invoice"), customerid=("account", BETA), statecode=2,
                           totalamount=110.0, totaltax=10.0,
                           transactioncurrencyid=self.sgd, exchangerate=1.35)  # fmt: skip
        self.insert("invoicedetail", guid("note"), invoiceid=("invoice", bare), quantity=1.0,
                    productdescription="Repair", extendedamount=110.0, tax=10.0)  # fmt: skip
        self.insert("contract", guid("contract"), title="Care", customerid=("account", ACME),
                    contractservicelevelcode=1, activeon="2026-01-01", expireson="2026-12-31",
                    netprice=1200.0, statecode=2, transactioncurrencyid=self.myr)  # fmt: skip
        self.insert("contract", guid("draft"), customerid=("account", ACME), statecode=0,
                    activeon="2026-01-01", expireson="2026-12-31")  # fmt: skip

    def _service(self) -> None:
        self.now = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
        kpi = self.insert("slakpiinstance", name="First response",
                          regarding=("incident", SOLVED))  # fmt: skip
        about = {"caseorigincode": 2, "casetypecode": 2, "prioritycode": 1}
        self.insert("incident", SOLVED, title="Broken", customerid=("contact", AMINAH),
                    primarycontactid=("contact", AMINAH), ownerid=self.wei,
                    firstresponsebykpiid=("slakpiinstance", kpi), **about)  # fmt: skip
        self.insert("incident", WAITING, title="How to", customerid=("account", BETA),
                    ownerid=self.wei, **about)  # fmt: skip
        self.insert("incident", SPAM, title="Cheap watches", customerid=("account", BETA))
        self.update("incident", SPAM, statecode=2, statuscode=6)
        self._mail(WAITING, "auto-reply", minutes=1, out=True, automatic=True)
        self._mail(SOLVED, "reply", minutes=29, out=True)
        self.update("slakpiinstance", kpi, succeededon="2026-09-10T01:31:00Z")
        self.pass_(hours=1)
        self.update("incident", SOLVED, ownerid=self.siti)
        self._resolve(SOLVED)
        self.pass_(hours=20)
        self.update("incident", SOLVED, statecode=0, statuscode=1)
        self.pass_(hours=2)
        self._resolve(SOLVED)
        call = self.insert("phonecall", guid("call"), directioncode=False)
        self.insert("activitypointer", call, activitytypecode="phonecall", statecode=1,
                    regardingobjectid=("opportunity", OPEN), actualend="2026-09-11T03:00:00Z",
                    ownerid=self.wei)  # fmt: skip
        self.insert("activitypointer", guid("visit"), activitytypecode="appointment", statecode=3,
                    regardingobjectid=("account", ACME))  # fmt: skip
        self.insert("activitypointer", guid("task"), activitytypecode="task", statecode=1,
                    regardingobjectid=("account", ACME))  # fmt: skip

    def _mail(self, case: str, name: str, minutes: int, out: bool, automatic: bool = False) -> None:
        self.pass_(minutes=minutes)
        mail = self.insert("email", guid(name), directioncode=out)
        self.insert("activitypointer", mail, activitytypecode="email", statecode=1,
                    regardingobjectid=("incident", case), isworkflowcreated=automatic,
                    senton=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), ownerid=self.wei)  # fmt: skip

    def _resolve(self, case: str) -> None:
        self.update("incident", case, statecode=1, statuscode=5)
        at = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.insert("incidentresolution", incidentid=("incident", case), actualend=at,
                    timespent=15, ownerid=self.siti)  # fmt: skip

    def _voice(self) -> None:
        survey = ("msfp_survey", guid("survey"))
        sent = (self.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        invite = {"msfp_surveyid": survey, "msfp_invitesentdate": sent, "msfp_channel": 1}
        first = self.insert("msfp_surveyinvite", guid("invite 1"),
                            regardingobjectid=("incident", SOLVED), **invite)  # fmt: skip
        self.insert("msfp_surveyinvite", guid("invite 2"), msfp_inviteemailaddress="walk@in.test",
                    **invite)  # fmt: skip
        self.pass_(days=1)
        metric = [
            {"id": guid("m1"), "type": "csat", "value": "4", "decimalValue": 4.0},
            {"id": guid("m2"), "type": "nps", "value": "promoter", "decimalValue": 9.0},
            {"id": guid("m3"), "type": "sentiment", "value": "positive", "decimalValue": 0.9},
        ]
        self.insert("msfp_surveyresponse", guid("response"), msfp_surveyid=survey,
                    msfp_surveyinviteid=("msfp_surveyinvite", first), msfp_npsscore=9,
                    msfp_satisfactionmetricvalue=json.dumps(metric),
                    regardingobjectid=("incident", SOLVED),
                    msfp_submitdate=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"))  # fmt: skip
        self.update("incident", WAITING, customersatisfactioncode=2)
