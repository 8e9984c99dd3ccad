"""Fxiaoke: China's leads and orders, .xlsx with （必填） behind each required header."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.exports.text import minute
from kadar.demo.exports.workbook import Cell, write_workbook
from kadar.demo.report import QUARANTINED, REFUND, DemoFile, Fault

LEADS = (
    "唯一性ID（必填）",
    "姓名（必填）",
    "公司",
    "线索来源",
    "国家",
    "线索状态",
    "负责人（必填）",
    "Owner ID",  # a field of the company's own, as is the next
    "Campaign ID",
    "创建时间",
    "转换时间",
    "客户名称_唯一性ID",
    "商机编号",
    "无效时间",
    "无效原因",
    "生命状态",
)
ORDERS = (
    "销售订单编号（必填）",
    "客户名称",
    "客户名称_唯一性ID",
    "下单日期（必填）",
    "销售订单金额(元)",
    "成本(元)",
    "币种",
    "渠道",
    "负责人（必填）",
    "负责人_唯一性ID",
    "生命状态",
)
STATES = {
    "New": "未处理",
    "Working": "跟进中",
    "Qualified": "已转商机",
    "Converted": "已转换",
    "Disqualified": "无效",
}
DESTROYED = "1.03293E+19"  # what Excel leaves of twenty digits


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the leads and the orders, one of them with an id that Excel destroyed."""
    names = {person.id: person.name for person in company.people}
    leads: list[tuple[Cell, ...]] = [LEADS]
    for lead in company.leads:
        if lead.country != "CN":
            continue
        leads.append(
            (
                lead.id,
                lead.contact,
                lead.company,
                lead.channel,
                "China",
                STATES[lead.status],
                names[lead.owner_id],
                lead.owner_id,
                lead.campaign_id,
                minute(lead.created),
                minute(lead.converted),
                lead.customer_id,
                lead.deal_id,
                minute(lead.disqualified),
                lead.disqualified_reason,
                "正常",
            )
        )
    accounts = {c.id: c for c in [*company.customers, *company.twice]}
    orders: list[tuple[Cell, ...]] = [ORDERS]
    faults: list[Fault] = []
    path = "exports/销售订单.xlsx"
    for order in company.orders:
        if order.country != "CN":
            continue
        buyer = accounts[order.customer_id]
        row: tuple[Cell, ...] = (
            order.id,
            buyer.name,
            buyer.id,
            order.ordered,
            order.revenue / 100,
            order.cost / 100,
            order.currency,
            order.channel,
            names[buyer.owner_id],
            buyer.owner_id,
            "正常",
        )
        if order.revenue < 0:
            faults.append(Fault(path, len(orders) + 1, order.id, ORDERS[4], "sent back", REFUND))
        orders.append(row)
        if len(orders) == 1500:
            faults.append(
                Fault(
                    path,
                    len(orders) + 1,
                    DESTROYED,
                    ORDERS[0],
                    "Excel rounded the number",
                    QUARANTINED,
                )
            )
            orders.append((DESTROYED, *row[1:]))
    write_workbook(folder / "exports/销售线索.xlsx", "销售线索", leads)
    write_workbook(folder / path, "销售订单", orders)
    files = [
        DemoFile("exports/销售线索.xlsx", "leads", len(leads) - 1),
        DemoFile(path, "orders", len(orders) - 1),
    ]
    return files, faults
