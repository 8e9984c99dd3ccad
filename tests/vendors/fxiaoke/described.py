"""Objects as a company of the stand-in describes them: preset fields, and fields of its own."""

from __future__ import annotations

from typing import Any

Fields = dict[str, dict[str, Any]]


def field(kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "label": label, "is_active": True, "is_required": False, **more}


def choices(label: str, options: dict[str, str], kind: str = "select_one") -> dict[str, Any]:
    listed = [{"label": text, "value": value} for value, text in options.items()]
    return field(kind, label, options=listed)


def refers(label: str, to: str, kind: str = "object_reference") -> dict[str, Any]:
    return field(kind, label, target_api_name=to)


def day(label: str, zone: str = "GMT+8") -> dict[str, Any]:
    return field("date", label, time_zone=zone, date_format="yyyy-MM-dd")


def moment(label: str) -> dict[str, Any]:
    return field("date_time", label, time_zone="GMT+8", date_format="yyyy-MM-dd HH:mm")


LIFE = {
    "ineffective": "未生效", "under_review": "审核中", "normal": "正常", "in_change": "变更中",
    "invalid": "作废",
}  # fmt: skip
SYSTEM: Fields = {
    "_id": field("text", "唯一性ID"),
    "name": field("text", "名称"),
    "owner": field("employee", "负责人"),
    "create_time": moment("创建时间"),
    "last_modified_time": moment("最后修改时间"),
    "life_status": choices("生命状态", LIFE),
    "lock_status": choices("锁定状态", {"0": "未锁定", "1": "锁定"}),
    "is_deleted": field("true_or_false", "是否删除"),
    "version": field("text", "版本"),
    "mc_currency": choices("币种", {"CNY": "人民币", "MYR": "马来西亚林吉特"}),
}
SOURCES = {"1": "官网", "2": "展会", "3": "转介绍", "other": "其他"}

DESCRIBED: dict[str, Fields] = {
    "DepartmentObj": {
        "parent_id": field("department", "上级部门"),
        "status": choices("状态", {"0": "启用", "1": "停用"}),
    },
    "PersonnelObj": {
        "user_id": field("employee", "员工"),
        "full_name": field("text", "姓名"),
        "email": field("email", "邮箱"),
        "phone": field("phone_number", "手机"),
        "main_department": field("department", "主属部门"),
        "position": field("text", "职位"),
        "leader": field("employee", "汇报对象"),
        "status": choices("员工状态", {"0": "启用", "1": "停用"}),
    },
    "MarketingEventObj": {
        "event_type": choices("活动类型", {"1": "展会", "2": "网络推广"}),
        "begin_time": day("开始日期"),
        "end_time": day("结束日期"),
        "field_cost1__c": field("currency", "实际成本"),  # found by its label
    },
    "CampaignBudgetObj": {
        "marketing_event_id": refers("市场活动", "MarketingEventObj", "master_detail"),
        "field_amt0__c": field("currency", "实际费用（必填）"),
        "field_day0__c": day("发生日期"),
        "field_typ0__c": choices("费用类型", {"a": "广告投放", "b": "场地搭建", "c": "其他"}),
    },
    "LeadsObj": {
        "company": field("text", "公司"),
        "mobile": field("phone_number", "手机"),
        "email": field("email", "邮件"),
        "source": choices("来源", SOURCES),
        "marketing_event_id": refers("市场活动名称", "MarketingEventObj"),
        "country": field("country", "国家"),
        "biz_status": choices(
            "业务状态",
            {
                "un_assigned": "待分配", "un_processed": "未处理", "processed": "跟进中",
                "transformed": "已转换", "closed": "无效",
            },
        ),
        "leads_stage": choices("线索阶段", {"Lead": "线索", "MQL": "MQL", "SQL": "SQL"}),
        "transform_time": moment("转化时间"),
        "close_reason": choices("线索无效原因", {"1": "联系不上", "2": "无需求"}),
        "account_id": refers("客户", "AccountObj"),
        "new_opportunity_id": refers("商机2.0", "NewOpportunityObj"),
    },
    "AccountObj": {
        "account_level": choices("客户级别", {"1": "重点客户", "2": "普通客户"}),
        "industry_level1": choices("1级行业", {"11": "制造业", "12": "零售"}),
        "country": field("country", "国家"),
        "province": field("province", "省"),
        "account_source": choices("客户来源", SOURCES),
        "deal_status": choices("成交状态", {"1": "未成交", "2": "已成交"}),
        "leads_id": refers("源线索", "LeadsObj"),
    },
    "ContactObj": {
        "account_id": refers("客户名称", "AccountObj", "master_detail"),
        "email": field("email", "邮件"),
        "mobile": field("phone_number", "手机"),
        "tel": field("phone_number", "电话"),
    },
    "NewOpportunityObj": {
        "account_id": refers("客户名称", "AccountObj"),
        "leads_id": refers("源线索", "LeadsObj"),
        "amount": field("currency", "商机金额", decimal_places=2),
        "close_date": day("预计成交日期"),
        "sales_stage": choices(
            "销售阶段",
            {"41a5": "初步接触", "77b0": "方案报价", "90c1": "商务谈判", "f001": "赢单",
             "f002": "输单"},
        ),
        "sales_status": choices(
            "商机状态", {"1": "进行中", "2": "赢单", "3": "输单", "4": "无效"}
        ),
        "sales_process_id": refers("销售流程", "SalesProcessObj"),
        "stg_changed_time": moment("阶段变更时间"),
        "cost_time": field("number", "成单周期"),
        "probability": field("percentile", "赢率"),
        "field_why__c": choices("输单原因", {"p": "价格", "c": "竞争对手"}),
        "field_line0__c": choices("产品线", {"s": "标准版", "e": "企业版"}),
        "field_due0__c": moment("方案到期"),
    },
    "OpportunityObj": {
        "account_id": refers("客户名称", "AccountObj"),
        "expected_deal_amount": field("currency", "预计成交金额"),
        "expected_deal_closed_date": day("预计成交日期"),
        "oppo_stage_id": field("text", "销售阶段ID"),
        "oppo_stage_name": field("text", "销售阶段"),
        "sales_stg_changed_time": moment("阶段变更时间"),
        "biz_status": choices(
            "商机状态", {"running": "进行中", "win": "赢单", "lose": "输单", "invalid": "无效"}
        ),
    },
    "ProductObj": {"category": choices("分类", {"1": "硬件", "2": "软件"})},
    "SalesOrderObj": {
        "account_id": refers("客户名称", "AccountObj"),
        "new_opportunity_id": refers("商机2.0", "NewOpportunityObj"),
        "order_time": day("下单日期"),
        "order_amount": field("currency", "销售订单金额(元)"),
    },
    "SalesOrderProductObj": {
        "order_id": refers("销售订单", "SalesOrderObj", "master_detail"),
        "product_id": refers("产品", "ProductObj"),
        "quantity": field("number", "数量"),
        "subtotal": field("currency", "小计"),
    },
    "ReturnedGoodsInvoiceObj": {
        "account_id": refers("客户名称", "AccountObj"),
        "order_id": refers("销售订单", "SalesOrderObj"),
        "returned_goods_inv_amount": field("currency", "退货金额"),
        "returned_goods_time": day("退货日期"),
    },
    "ActiveRecordObj": {
        "related_object_data": field("array", "关联业务对象"),
        "interactive_types": choices(
            "互动方式", {"1": "电话", "2": "在线会议", "3": "现场拜访", "4": "邮件", "5": "微信"}
        ),
        "active_record_content": field("long_text", "内容"),
    },
    "CheckinsObj": {
        "customer_id": refers("客户", "AccountObj"),
        "plan_time": moment("计划时间"),
        "finish_time": moment("完成时间"),
    },
    "CasesObj": {
        "account_id": refers("公司名称", "AccountObj"),
        "field_state__c": choices(
            "工单状态",
            {"1": "未处理", "2": "处理中", "3": "已完成", "4": "已关闭"},
        ),
        "field_kind__c": choices("问题类型", {"1": "咨询", "2": "故障"}),
        "field_first__c": moment("首次响应时间"),
    },
    "AppraiseObj": {
        "field_case__c": refers("工单", "CasesObj"),
        "field_score__c": choices(
            "满意度", {"1": "非常满意", "2": "满意", "3": "一般", "4": "不满意", "5": "非常不满意"}
        ),
        "field_text__c": field("long_text", "评价内容"),
    },
    "CampaignMembersObj": {
        "marketing_event_id": refers("市场活动", "MarketingEventObj"),
        "leads_id": refers("销售线索", "LeadsObj"),
        "contact_id": refers("联系人", "ContactObj"),
    },
    "object_svc0__c": {
        "field_acct__c": refers("客户", "AccountObj"),
        "field_st__c": choices("状态", {"a": "待处理", "b": "已解决"}),
    },
}  # fmt: skip
