"""A small company in the stand-in, what happens in it on three days, and the case of both."""

from __future__ import annotations

from typing import Any

from kadar.sources.fxiaoke import Fxiaoke
from tests.vendors.acceptance import Case
from tests.vendors.fxiaoke.standin import APP, FxiaokeStandin

DAY = 86_400


class Company(FxiaokeStandin):
    """A stand-in with some of everything; `deals` are its opportunities, in order."""

    def __init__(self, deals: int = 12) -> None:
        super().__init__()
        self.hire("1000", "系统管理员")
        self.hire("1001", "张三", departmentIds=[2001], leaderId="1000", position="销售")
        self.hire("1002", "李四", isStop=True)
        self.put("DepartmentObj", "2001", name="华东销售部")
        self.fair = self.put(
            "MarketingEventObj", name="上海展会", event_type="1", begin_time=china(5),
            end_time=china(7), field_cost1__c="9000.00",
        )  # fmt: skip
        self.web = self.put("MarketingEventObj", name="百度投放", event_type="2",
                            begin_time=china(1), field_cost1__c="500.00")  # fmt: skip
        self.put("CampaignBudgetObj", marketing_event_id=self.fair, field_amt0__c="8800.50",
                 field_day0__c=china(6), field_typ0__c="b")  # fmt: skip
        self.accounts: list[str] = []
        self.contacts: list[str] = []
        self.leads: list[str] = []
        self.deals: list[str] = []
        for number in range(6):
            self.tick(3600)
            self.account(number)
        for number in range(deals):
            self.tick(1800)
            self.deal(number)
        self.service()

    def account(self, number: int) -> None:
        """A customer, a contact there, and the lead they were."""
        lead = self.put("LeadsObj", name=f"线索{number}", source="2", country="248",
                        country__r="中国", marketing_event_id=self.fair, owner=["1001"],
                        biz_status="un_processed")  # fmt: skip
        self.tick(60)
        key = self.put("AccountObj", name=f"客户{number}", account_level=str(number % 2 + 1),
                       industry_level1="11", country="248", country__r="中国", province="265",
                       province__r="湖北省", account_source="1", owner=["1001"],
                       leads_id=lead)  # fmt: skip
        self.put("LeadsObj", lead, biz_status="transformed", transform_time=self.now,
                 account_id=key)  # fmt: skip
        self.contacts.append(
            self.put("ContactObj", name=f"联系人{number}", account_id=key, tel="021-5550")
        )
        self.accounts.append(key)
        self.leads.append(lead)

    def deal(self, number: int) -> None:
        """An opportunity in its first stage."""
        self.deals.append(
            self.put(
                "NewOpportunityObj", name=f"商机{number}", account_id=self.accounts[number % 6],
                leads_id=self.leads[number % 6], amount=f"{1000 + number}.50",
                close_date=china(60), sales_stage="41a5", sales_status="1",
                stg_changed_time=self.now, owner=["1001"], mc_currency="CNY",
                field_line0__c="s", field_due0__c=china(50) + 3_600_000,
            )
        )  # fmt: skip

    def move(self, deal: str, stage: str, status: str = "1", **more: Any) -> int:
        """Move an opportunity to another stage; return when, in milliseconds."""
        self.tick(60)
        at = self.now
        self.put("NewOpportunityObj", deal, sales_stage=stage, sales_status=status,
                 stg_changed_time=at, **more)  # fmt: skip
        return at

    def service(self) -> None:
        """Orders, what was sent back, talks, tickets and what was said of them."""
        self.part = self.put("ProductObj", name="传感器", category="1")
        self.order = self.put(
            "SalesOrderObj", name="DD-001", account_id=self.accounts[0],
            new_opportunity_id=self.deals[0], order_time=china(9), order_amount="1200.00",
            mc_currency="CNY",
        )  # fmt: skip
        self.line = self.put("SalesOrderProductObj", order_id=self.order, product_id=self.part,
                             quantity="3", subtotal="1200.00")  # fmt: skip
        waiting = self.put("SalesOrderObj", name="DD-002", account_id=self.accounts[1],
                           order_time=china(9), order_amount="77.00",
                           life_status="under_review")  # fmt: skip
        self.put("SalesOrderProductObj", order_id=waiting, product_id=self.part, quantity="1",
                 subtotal="77.00")  # fmt: skip
        self.back = self.put(
            "ReturnedGoodsInvoiceObj", account_id=self.accounts[0], order_id=self.order,
            returned_goods_inv_amount="200.00", returned_goods_time=china(12),
        )  # fmt: skip
        self.talk = self.put(
            "ActiveRecordObj", interactive_types="2", owner=["1001"],
            related_object_data=[
                {"id": self.deals[1], "describe_api_name": "NewOpportunityObj"},
                {"id": self.contacts[1], "describe_api_name": "ContactObj"},
            ],
        )  # fmt: skip
        self.visit = self.put("CheckinsObj", customer_id=self.accounts[2], owner=["1001"],
                              finish_time=self.now - 5000)  # fmt: skip
        self.put("CheckinsObj", customer_id=self.accounts[2], plan_time=self.now)  # not yet
        self.ticket = self.put("CasesObj", account_id=self.accounts[0], field_state__c="1",
                               field_kind__c="2", owner=["1001"])  # fmt: skip
        self.answer = self.put("AppraiseObj", field_case__c=self.ticket, field_score__c="2",
                               field_text__c="还行")  # fmt: skip
        self.member = self.put("CampaignMembersObj", marketing_event_id=self.fair,
                               contact_id=self.contacts[3])  # fmt: skip


def china(day: int) -> int:
    """Return the beginning of a day of January 2026 (and on) in China, in milliseconds."""
    return 1_767_225_600_000 - 8 * 3_600_000 + (day - 1) * DAY * 1000


def first(company: Company) -> None:
    """A stage moves, a deal is won, one made void; a customer comes."""
    company.tick(DAY)
    company.move(company.deals[0], "f001", "2")
    company.move(company.deals[1], "77b0")
    company.void("NewOpportunityObj", company.deals[2])
    company.account(6)
    company.put("AccountObj", company.accounts[1], name="客户一")


def second(company: Company) -> None:
    """The void one is deleted for good; another is lost; one comes and goes unseen."""
    company.tick(DAY)
    company.delete("NewOpportunityObj", company.deals[2])
    company.move(company.deals[3], "f002", "3", field_why__c="p")
    company.void("NewOpportunityObj", company.deals[4])
    gone = company.put("LeadsObj", name="重复", biz_status="un_assigned")
    company.void("LeadsObj", gone)
    company.delete("LeadsObj", gone)


def third(company: Company) -> None:
    """A void one is restored; two of one customer are merged: one takes the other's deals."""
    company.tick(DAY)
    company.restore("NewOpportunityObj", company.deals[4])
    company.put("NewOpportunityObj", company.deals[5], account_id=company.accounts[0])
    company.void("AccountObj", company.accounts[5])
    company.delete("AccountObj", company.accounts[5])
    company.put("CasesObj", company.ticket, field_state__c="3")


CASE = Case(
    kind=Fxiaoke,
    name="fxiaoke",
    standin=Company,
    options=lambda standin: {
        "app_id": APP["appId"],
        "user": "1000",
        "host": standin.url,
        "calls_per_second": 0,
    },
    secrets={"app_secret": APP["appSecret"], "permanent_code": APP["permanentCode"]},
    changes=(first, second, third),
    toml='time_zone = "Asia/Shanghai"\ncurrency = "CNY"',
    kept=("deal_stages", "tickets"),  # told by what was seen, sync by sync
)
