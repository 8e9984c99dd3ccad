"""Drives a Tryton, through its own client library, as the people of a company would.

Run by a Python that has trytond, trytond-sale-opportunity and proteus:
`python drive.py <folder>` makes `<folder>/crm.sqlite` and says on its standard output, as JSON,
what was done: of each opportunity its party, amount and the states it went through.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from decimal import Decimal
from typing import Any

DEALS = (
    # party, amount, what becomes of it
    ("Aster", 100, "won"),
    ("Aster", 250, "lost"),
    ("Bakti", 40, "won"),
    ("Bakti", 75, "opportunity"),
    ("Cahaya", 500, "lost"),
    ("Cahaya", 90, "won"),
    ("Cahaya", 60, "converted"),
    ("Delima", 30, "cancelled"),
    ("Delima", 20, "lead"),
)
PRICE = 5


class Shop:
    """What the company sells, and by whom."""

    def __init__(self) -> None:
        from proteus import Model
        from trytond.modules.account.tests.tools import create_chart, get_accounts
        from trytond.modules.account_invoice.tests.tools import create_payment_term
        from trytond.modules.company.tests.tools import create_company
        from trytond.tests.tools import activate_modules

        activate_modules("sale_opportunity", create_company, create_chart)
        self.get = Model.get
        category = self.get("product.category")(name="Goods", accounting=True)
        category.account_revenue = get_accounts()["revenue"]
        category.save()
        (unit,) = self.get("product.uom").find([("name", "=", "Unit")])
        template = self.get("product.template")(name="Sensor", default_uom=unit, type="goods")
        template.salable, template.list_price = True, Decimal(PRICE)
        template.account_category = category
        template.save()
        (self.product,) = template.products
        self.term = create_payment_term()
        self.term.save()
        person = self.party("Siti")
        self.seller = self.get("company.employee")(party=person)
        self.seller.save()
        self.parties = {name: self.party(name) for name in sorted({deal[0] for deal in DEALS})}

    def party(self, name: str) -> Any:
        """Make a party."""
        made = self.get("party.party")(name=name)
        made.save()
        return made

    def sell(self, number: int) -> dict[str, Any]:
        """Make one opportunity and take it where it goes; say where it went."""
        party, amount, becomes = DEALS[number]
        deal = self.get("sale.opportunity")(description=f"Deal {number}")
        deal.party, deal.employee = self.parties[party], self.seller
        (deal.address,) = self.parties[party].addresses
        deal.payment_term, deal.amount = self.term, Decimal(amount)
        deal.start_date = datetime.date(2026, 1, 5) + datetime.timedelta(days=number)
        deal.save()
        states = [deal.state]
        if becomes in {"won", "converted", "opportunity"}:
            line = deal.lines.new()
            line.product, line.quantity = self.product, amount / PRICE
            deal.save()
            deal.click("opportunity")
            states.append(deal.state)
        if becomes in {"won", "converted"}:
            (sale,) = deal.click("convert")
            states.append(deal.state)
            sale.click("quote")
        if becomes == "won":
            sale.click("confirm")
        if becomes == "lost":
            deal.lost_reason = "Price"
            deal.save()
            deal.click("lost")
        if becomes == "cancelled":
            deal.click("cancel")
        deal.reload()
        if deal.state != states[-1]:
            states.append(deal.state)
        return {"id": str(deal.id), "party": party, "states": states,
                "amount": str(deal.amount), "closed": str(deal.end_date)}  # fmt: skip


def main(folder: str) -> None:
    """Make the company's database in a folder."""
    os.environ |= {
        "TRYTOND_DATABASE__URI": "sqlite://",
        "TRYTOND_DATABASE__PATH": folder,
        "TRYTOND_DATABASE_URI": "sqlite://",
        "DB_NAME": "crm",
    }
    shop = Shop()
    json.dump([shop.sell(number) for number in range(len(DEALS))], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
