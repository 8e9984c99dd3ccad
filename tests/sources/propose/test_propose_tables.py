"""Each table of the model is found from generic headers in each language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kadar.model import TABLES
from kadar.sources.propose import Proposal

Propose = Callable[..., list[Proposal]]
DAY, LATER = "2026-01-02", "2026-02-03"

# table, language, {header: (value, column)}; a column of None must stay unmapped
CASES: list[tuple[str, str, dict[str, tuple[str, str | None]]]] = [
    (
        "campaign_members",
        "en",
        {
            "Campaign ID": ("C1", "campaign_id"),
            "Customer ID": ("K1", "customer_id"),
            "Group": ("Control", "arm"),
            "Joined Date": (DAY, "joined_at"),
        },
    ),
    (
        "campaign_members",
        "zh",
        {
            "成员编号": ("1", "campaign_member_id"),
            "活动编号": ("C1", "campaign_id"),
            "客户编号": ("K1", "customer_id"),
            "分组": ("对照组", "arm"),
        },
    ),
    (
        "campaigns",
        "ms",
        {
            "ID Kempen": ("C1", "campaign_id"),
            "Nama Kempen": ("Raya", "name"),
            "Saluran": ("Facebook", "channel"),
            "Tarikh Mula": (DAY, "started_at"),
            "Tarikh Tamat": (LATER, "ended_at"),
        },
    ),
    (
        "campaigns",
        "zh",
        {
            "活动编号": ("C1", "campaign_id"),
            "活动名称": ("春节", "name"),
            "渠道": ("微信", "channel"),
            "开始日期": (DAY, "started_at"),
            "结束日期": (LATER, "ended_at"),
        },
    ),
    (
        "contacts",
        "ms",
        {
            "ID Kenalan": ("1", "contact_id"),
            "Nama Penuh": ("Siti", "name"),
            "E-mel": ("siti@acme.my", "email"),
            "No. Telefon": ("012-3456789", "phone"),
            "Nama Syarikat": ("Acme", "customer_id"),
            "Jawatan": ("Pengurus", None),
        },
    ),
    (
        "contacts",
        "zh-Hant",
        {
            "聯絡人姓名": ("王", "name"),
            "客戶名稱": ("甲公司", "customer_id"),
            "手機": ("0912345678", "phone"),
            "郵箱": ("wang@jia.tw", "email"),
            "職稱": ("經理", None),
        },
    ),
    (
        "customers",
        "ms",
        {
            "Kod Pelanggan": ("K1", "customer_id"),
            "Nama Pelanggan": ("Acme", "name"),
            "Industri": ("Runcit", "industry"),
            "Negeri": ("Johor", "region"),
            "Alamat": ("Jalan 1", None),
        },
    ),
    (
        "customers",
        "zh",
        {
            "客户名称": ("甲公司", "name"),
            "客户来源": ("转介绍", "channel"),
            "客户行业": ("金融业", "industry"),
            "客户级别": ("A（重点客户）", "segment"),
            "手机": ("13800000000", None),
            "网址": ("jia.cn", None),
        },
    ),
    (
        "customers",
        "id",
        {
            "Nama Pelanggan": ("Acme", "name"),
            "Provinsi": ("Bali", "region"),
            "Alamat": ("Jalan 1", None),
            "Tanggal Dibuat": (DAY, "created_at"),
        },
    ),
    (
        "deals",
        "ms",
        {
            "ID Peluang": ("D1", "deal_id"),
            "Nama Peluang": ("Acme", "name"),
            "Peringkat Jualan": ("Menang", "stage"),
            "Amaun": ("RM 1,234.50", "amount"),
            "Tarikh Dicipta": (DAY, "created_at"),
            "Tarikh Tutup": (LATER, None),
            "Pegawai Jualan": ("Siti", "owner_id"),
            "Sebab Kalah": ("", "lost_reason"),
        },
    ),
    (
        "deals",
        "zh",
        {
            "商机名称": ("甲", "name"),
            "客户名称": ("甲公司", "customer_id"),
            "商机金额": ("10", "amount"),
            "销售阶段": ("赢单", "stage"),
            "预计成交日期": (LATER, "expected_close_at"),
            "创建时间": (DAY, "created_at"),
            "负责人": ("王", "owner_id"),
        },
    ),
    (
        "deals",
        "zh-Hant",
        {
            "商機名稱": ("甲", "name"),
            "客戶名稱": ("甲公司", "customer_id"),
            "商機金額": ("10", "amount"),
            "銷售階段": ("贏單", "stage"),
            "預計成交日期": (LATER, "expected_close_at"),
            "創建時間": (DAY, "created_at"),
            "負責人": ("王", "owner_id"),
        },
    ),
    (
        "deal_stages",
        "en",
        {
            "Opportunity ID": ("D1", "deal_id"),
            "Stage": ("Proposal", "stage"),
            "Entered At": (DAY, "entered_at"),
            "Left At": (LATER, "left_at"),
        },
    ),
    (
        "deal_stages",
        "zh",
        {
            "商机编号": ("D1", "deal_id"),
            "商机阶段": ("报价", "stage"),
            "进入时间": (DAY, "entered_at"),
            "离开时间": (LATER, "left_at"),
        },
    ),
    (
        "fx_rates",
        "en",
        {
            "Currency": ("SGD", "currency"),
            "Valid From": (DAY, "valid_at"),
            "Rate": ("3.4", "rate"),
        },
    ),
    (
        "fx_rates",
        "zh",
        {"币种": ("SGD", "currency"), "生效日期": (DAY, "valid_at"), "汇率": ("3.4", "rate")},
    ),
    (
        "interactions",
        "ms",
        {
            "Nama Pelanggan": ("Acme", "customer_id"),
            "Tarikh Aktiviti": (DAY, "occurred_at"),
            "Jenis Aktiviti": ("Panggilan", "kind"),
            "Pegawai": ("Siti", None),
        },
    ),
    (
        "interactions",
        "zh",
        {
            "回访编号": ("1", "interaction_id"),
            "回访时间": (DAY, "occurred_at"),
            "回访人": ("王", "owner_id"),
            "回访形式": ("见面拜访", "kind"),
            "客户名称": ("甲公司", "customer_id"),
        },
    ),
    (
        "leads",
        "ms",
        {
            "ID Prospek": ("L1", "lead_id"),
            "Sumber Prospek": ("Laman web", "channel"),
            "Status Prospek": ("Baharu", "status"),
            "Tarikh Dicipta": (DAY, "created_at"),
            "Tarikh Penukaran": (LATER, "converted_at"),
        },
    ),
    (
        "leads",
        "zh",
        {
            "线索编号": ("L1", "lead_id"),
            "线索名称": ("甲", None),
            "线索来源": ("广告", "channel"),
            "线索状态": ("跟进中", "status"),
            "创建时间": (DAY, "created_at"),
        },
    ),
    (
        "order_lines",
        "ms",
        {
            "No. Pesanan": ("P1", "order_id"),
            "Kod/Nama Item": ("Kopi", "product"),
            "Kuantiti": ("2", "quantity"),
            "Harga Seunit": ("3.50", None),
            "Jumlah": ("7.00", "revenue"),
        },
    ),
    (
        "orders",
        "ms",
        {
            "No. Pesanan": ("P1", "order_id"),
            "Nama Pelanggan": ("Acme", "customer_id"),
            "Tarikh Pesanan": (DAY, "ordered_at"),
            "Jumlah (RM)": ("7.00", "revenue"),
            "Kos": ("3.00", "cost"),
        },
    ),
    (
        "orders",
        "zh",
        {
            "合同编号": ("P1", "order_id"),
            "客户名称": ("甲公司", "customer_id"),
            "下单时间": (DAY, "ordered_at"),
            "合同金额": ("7.00", "revenue"),
            "商机名称": ("甲", "deal_id"),
        },
    ),
    (
        "people",
        "en",
        {
            "User ID": ("U1", "person_id"),
            "Full Name": ("Siti", "name"),
            "Email": ("siti@acme.my", "email"),
            "Team": ("East", "team"),
            "Manager": ("U2", "manager_id"),
            "Active": ("TRUE", "active"),
        },
    ),
    (
        "people",
        "zh",
        {
            "工号": ("U1", "person_id"),
            "员工姓名": ("王", "name"),
            "部门": ("销售", "team"),
            "邮箱": ("wang@jia.cn", "email"),
            "是否在职": ("是", "active"),
        },
    ),
    (
        "spend",
        "ms",
        {
            "Tarikh Perbelanjaan": (DAY, "spent_at"),
            "Saluran": ("Facebook", "channel"),
            "Kategori": ("Iklan", "category"),
            "Perbelanjaan (RM)": ("120", "amount"),
        },
    ),
    (
        "spend",
        "zh",
        {
            "费用日期": (DAY, "spent_at"),
            "渠道": ("微信", "channel"),
            "费用类型": ("广告", "category"),
            "费用金额": ("120", "amount"),
        },
    ),
    (
        "subscriptions",
        "ms",
        {
            "No. Langganan": ("S1", "subscription_id"),
            "Nama Pelanggan": ("Acme", "customer_id"),
            "Pelan": ("Asas", "plan"),
            "Tarikh Mula": (DAY, "started_at"),
            "Tarikh Tamat": (LATER, "ended_at"),
            "Bayaran Bulanan": ("99", "monthly_amount"),
        },
    ),
    (
        "subscriptions",
        "zh",
        {
            "订阅编号": ("S1", "subscription_id"),
            "客户名称": ("甲公司", "customer_id"),
            "套餐": ("基础版", "plan"),
            "开始日期": (DAY, "started_at"),
            "到期日期": (LATER, "ended_at"),
            "月费": ("99", "monthly_amount"),
        },
    ),
    (
        "surveys",
        "ms",
        {
            "ID Respons": ("1", "survey_id"),
            "Nama Pelanggan": ("Acme", "customer_id"),
            "Skor NPS": ("9", "score"),
            "Tarikh Respons": (DAY, "answered_at"),
            "Komen": ("Bagus", "comment"),
        },
    ),
    (
        "surveys",
        "zh",
        {
            "答卷编号": ("1", "survey_id"),
            "客户名称": ("甲公司", "customer_id"),
            "推荐分": ("9", "score"),
            "提交时间": (DAY, "answered_at"),
        },
    ),
    (
        "ticket_events",
        "zh",
        {
            "工单编号": ("T1", "ticket_id"),
            "操作类型": ("解决", "event"),
            "操作时间": (DAY, "occurred_at"),
            "操作人": ("王", "owner_id"),
        },
    ),
    (
        "tickets",
        "ms",
        {
            "No. Kes": ("T1", "ticket_id"),
            "Nama Pelanggan": ("Acme", "customer_id"),
            "Keutamaan": ("Tinggi", "priority"),
            "Status": ("Selesai", "status"),
            "Tarikh Dibuka": (DAY, "created_at"),
            "Tarikh Respons Pertama": (DAY, "responded_at"),
            "Tarikh Selesai": (LATER, "resolved_at"),
        },
    ),
    (
        "tickets",
        "zh-Hant",
        {
            "工單編號": ("T1", "ticket_id"),
            "客戶名稱": ("甲公司", "customer_id"),
            "優先級": ("高", "priority"),
            "工單狀態": ("已解決", "status"),
            "創建時間": (DAY, "created_at"),
            "首次回覆時間": (DAY, "responded_at"),
            "解決時間": (LATER, "resolved_at"),
        },
    ),
]


@pytest.mark.parametrize(
    ("table", "cells"), [(t, c) for t, _, c in CASES], ids=[f"{t}-{n}" for t, n, _ in CASES]
)
def test_a_table_in_a_language(
    table: str, cells: dict[str, tuple[str, str | None]], proposed: Propose
) -> None:
    proposal = proposed(list(cells), [[value for value, _ in cells.values()]])[0]
    assert proposal.source is not None, proposal.reason
    assert proposal.source.table == table, proposal.runners_up
    mapped = proposal.source.columns
    wanted = {column: header for header, (_, column) in cells.items() if column}
    for column, header in wanted.items():
        assert header in mapped[column], (column, mapped)
    silent = {header for header, (_, column) in cells.items() if column is None}
    assert silent <= {*proposal.unmapped, "Tarikh Tutup", "预计成交日期"}


def test_every_table_is_tried() -> None:
    assert {table for table, _, _ in CASES} == set(TABLES)


def test_closed_is_the_day_of_a_deal_and_never_a_flag(proposed: Propose) -> None:
    rows = [[1, DAY, LATER, "Won", 100], [2, DAY, LATER, "Lost", 50], [3, DAY, "", "Open", 70]]
    (plain,) = proposed(["id", "created", "closed", "status", "amount"], rows, "deals.csv")
    assert plain.source is not None
    mapped = plain.source.columns
    assert (mapped["created_at"], mapped["closed_at"]) == ("created", "closed")
    flags = [[n, DAY, LATER, n % 2, "Closed Won" if n % 2 else "Open", 9] for n in range(6)]
    headers = ["Opportunity ID", "Created Date", "Close Date", "Closed", "Stage", "Amount"]
    (flagged,) = proposed(headers, flags)
    assert flagged.source is not None
    assert "Closed" in flagged.unmapped
    assert "Close Date" in flagged.source.columns["closed_at"]
