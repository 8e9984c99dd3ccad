"""The objects that are read, and what is wanted of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kadar.sources.fxiaoke.fields import Wanted, wanted
from kadar.sources.live.connector import Object

OPTIONS, PEOPLE = "Options", "PersonnelObj"
NEW, OLD = "NewOpportunityObj", "OpportunityObj"
_MODIFIED = "last_modified_time"


@dataclass(frozen=True)
class Kind:
    """One object of Fxiaoke: its Chinese name, what is wanted of it, the table it leads."""

    name: str
    called: str
    wants: Mapping[str, Wanted]
    tables: tuple[str, ...] = ()
    common: Mapping[str, Wanted] = field(
        default_factory=lambda: {
            "name": wanted("name"),
            "owner": wanted("owner"),
            "create_time": wanted("create_time"),
            "life_status": wanted("life_status"),
        }
    )

    @property
    def all(self) -> dict[str, Wanted]:
        """Everything wanted."""
        return {**self.common, **self.wants}

    @property
    def object(self) -> Object:
        """The object, as connectors declare it."""
        columns = {column: f'$."{column}"' for column in [*self.all, _MODIFIED]}
        return Object(self.name, columns, "$._id", f"$.{_MODIFIED}", self.tables)


_ACCOUNT = wanted("account_id", "customer_id", refers="AccountObj")
_CONTACT = wanted("contact_id", refers="ContactObj")
_LEAD = wanted("leads_id", "lead_id", refers="LeadsObj")
_CAMPAIGN = wanted("marketing_event_id", refers="MarketingEventObj")
_CURRENCY = wanted("mc_currency")

KINDS = (
    Kind(
        "DepartmentObj",
        "部门",
        {"parent": wanted("parent_id"), "status": wanted("status")},
    ),
    Kind(
        PEOPLE,
        "人员",
        {
            "user_id": wanted("user_id"),
            "full_name": wanted("full_name", "name"),
            "email": wanted("email"),
            "department": wanted("main_department"),
            "position": wanted("position"),
            "leader": wanted("leader"),
            "status": wanted("status"),
        },
        ("people",),
    ),
    Kind(
        "MarketingEventObj",
        "市场活动",
        {
            "type": wanted("event_type", labels="活动类型 市场活动类型 类型 Event_Type Type"),
            "begins": wanted("begin_time", labels="开始时间 开始日期 活动开始时间 Start_Date"),
            "ends": wanted("end_time", labels="结束时间 结束日期 活动结束时间 End_Date"),
            "cost": wanted("actual_cost", labels="实际成本 实际费用 实际支出 Actual_Cost"),
            "currency": _CURRENCY,
        },
        ("campaigns",),
    ),
    Kind(
        "CampaignBudgetObj",
        "市场活动费用",
        {
            "campaign": _CAMPAIGN,
            "amount": wanted("actual_amount", "actual_cost",
                             labels="实际费用 实际金额 实际支出 实际成本 Actual_Amount"),
            "spent": wanted("occur_time", labels="发生日期 费用日期 发生时间 支出日期 Date"),
            "type": wanted("cost_type", labels="费用类型 费用类别 Cost_Type"),
            "currency": _CURRENCY,
        },
        ("spend",),
    ),
    Kind(
        "LeadsObj",
        "销售线索",
        {
            "source": wanted("source", labels="来源 线索来源 Lead_Source"),
            "campaign": _CAMPAIGN,
            "country": wanted("country"),
            "status": wanted("biz_status", labels="业务状态 线索状态 状态 Status"),
            "converted": wanted("transform_time", labels="转化时间 转换时间 Converted_Time"),
            "account": _ACCOUNT,
            "new_deal": wanted("new_opportunity_id", refers=NEW),
            "old_deal": wanted("opportunity_id", refers=OLD),
            "closed": wanted("close_time", labels="无效时间 关闭时间"),
            "reason": wanted("close_reason", labels="线索无效原因 无效原因 Close_Reason"),
            "back_reason": wanted("back_reason"),
        },
        ("leads",),
    ),
    Kind(
        "AccountObj",
        "客户",
        {
            "level": wanted("account_level", labels="客户级别 客户等级 Account_Level"),
            "type": wanted("account_type"),
            "industry": wanted("industry_level1", "industry", labels="行业 所属行业 Industry"),
            "country": wanted("country"),
            "province": wanted("province"),
            "source": wanted("account_source", labels="客户来源 来源 Source"),
            "campaign": _CAMPAIGN,
        },
        ("customers",),
    ),
    Kind(
        "ContactObj",
        "联系人",
        {
            "account": _ACCOUNT,
            "email": wanted("email"),
            "mobile": wanted("mobile", "mobile1"),
            "tel": wanted("tel", "tel1"),
        },
        ("contacts",),
    ),
    Kind(
        NEW,
        "商机2.0",
        {
            "account": _ACCOUNT,
            "lead": _LEAD,
            "campaign": _CAMPAIGN,
            "source": wanted("source", "opportunity_source", labels="商机来源 来源 线索来源"),
            "amount": wanted("amount"),
            "currency": _CURRENCY,
            "expected": wanted("close_date"),
            "stage": wanted("sales_stage"),
            "status": wanted("sales_status"),
            "stage_changed": wanted("stg_changed_time"),
            "cost_time": wanted("cost_time"),
            "lost_reason": wanted("lost_reason", labels="输单原因 丢单原因 无效原因 Lost_Reason"),
        },
        ("deals",),
    ),
    Kind(
        OLD,
        "商机",
        {
            "account": _ACCOUNT,
            "lead": _LEAD,
            "campaign": _CAMPAIGN,
            "source": wanted("source", "opportunity_source", labels="商机来源 来源 线索来源"),
            "amount": wanted("expected_deal_amount", "amount",
                             labels="商机金额 预计成交金额 金额"),
            "currency": _CURRENCY,
            "expected": wanted("expected_deal_closed_date"),
            "stage": wanted("oppo_stage_id", "sales_stage"),
            "stage_name": wanted("oppo_stage_name", "sales_stage_name"),
            "status": wanted("biz_status", "status"),
            "stage_changed": wanted("sales_stg_changed_time"),
            "cost_time": wanted("cost_time"),
            "lost_reason": wanted("lost_reason", labels="输单原因 丢单原因 无效原因 Lost_Reason"),
        },
    ),
    Kind(
        "ProductObj",
        "产品",
        {"category": wanted("category", "product_category_id"), "line": wanted("product_line")},
    ),
    Kind(
        "SalesOrderObj",
        "销售订单",
        {
            "account": _ACCOUNT,
            "new_deal": wanted("new_opportunity_id", refers=NEW),
            "old_deal": wanted("opportunity_id", refers=OLD),
            "ordered": wanted("order_time"),
            "amount": wanted("order_amount"),
            "currency": _CURRENCY,
            "campaign": _CAMPAIGN,
        },
        ("orders",),
    ),
    Kind(
        "SalesOrderProductObj",
        "订单产品",
        {
            "order": wanted("order_id", refers="SalesOrderObj"),
            "product": wanted("product_id", refers="ProductObj"),
            "quantity": wanted("quantity"),
            "subtotal": wanted("subtotal"),
        },
        ("order_lines",),
    ),
    Kind(
        "ReturnedGoodsInvoiceObj",
        "退货单",
        {
            "account": _ACCOUNT,
            "order": wanted("order_id", refers="SalesOrderObj"),
            "amount": wanted("returned_goods_inv_amount"),
            "returned": wanted("returned_goods_time"),
            "currency": _CURRENCY,
        },
    ),
    Kind(
        "ActiveRecordObj",
        "销售记录",
        {
            "related": wanted("related_object_data"),
            "kind": wanted("interactive_types", "active_record_type",
                           labels="互动方式 跟进方式 销售记录类型"),
            "account": wanted(refers="AccountObj"),
            "contact": wanted(refers="ContactObj"),
            "lead": wanted(refers="LeadsObj"),
        },
        ("interactions",),
    ),
    Kind(
        "CheckinsObj",
        "高级外勤",
        {
            "account": _ACCOUNT,
            "contact": _CONTACT,
            "lead": _LEAD,
            "arrived": wanted("checkin_time", labels="签到时间 实际到达时间"),
            "finished": wanted("finish_time", labels="完成时间"),
        },
    ),
    Kind(
        "TelesalesRecordObj",
        "通话记录",
        {
            "account": _ACCOUNT,
            "contact": _CONTACT,
            "lead": _LEAD,
            "begun": wanted("call_time", labels="通话时间 呼叫时间 开始时间 通话开始时间"),
            "direction": wanted("call_type", labels="呼叫类型 通话类型 呼叫方向"),
        },
    ),
    Kind(
        "CasesObj",
        "工单",
        {
            "account": _ACCOUNT,
            "source": wanted("source", labels="工单来源 来源 需求来源 渠道 Case_Origin Source"),
            "category": wanted("category", "case_type", labels="问题类型 工单类型 类型 Type"),
            "priority": wanted("priority", labels="优先级 紧急程度 Priority"),
            "status": wanted("case_status", labels="工单状态 处理状态 状态 Case_Status Status"),
            "responded": wanted("first_response_time", labels="首次响应时间 响应时间 首响时间"),
            "resolved": wanted("finish_time", "resolve_time",
                               labels="完成时间 解决时间 办结时间 结束时间 关闭时间"),
        },
        ("tickets",),
    ),
    Kind(
        "AppraiseObj",
        "服务评价",
        {
            "account": _ACCOUNT,
            "contact": _CONTACT,
            "ticket": wanted("case_id", "cases_id", refers="CasesObj"),
            "score": wanted("score", labels="评分 满意度 满意度评分 星级 得分 服务评分 Score"),
            "answered": wanted("appraise_time", labels="评价时间 提交时间"),
            "comment": wanted("comment", labels="评价内容 评价 意见 Comment"),
        },
        ("surveys",),
    ),
    Kind(
        "CampaignMembersObj",
        "活动成员",
        {
            "campaign": _CAMPAIGN,
            "lead": _LEAD,
            "account": _ACCOUNT,
            "contact": _CONTACT,
        },
        ("campaign_members",),
    ),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}

# what the options of fields are called: `_key` is object.column.value
CHOICES = Object(
    OPTIONS,
    {name: f'$."{name}"' for name in ("object", "field", "value", "label", "position")},
    "$.id",
)
