"""The demo: a believable company's raw exports, the same on every machine.

`write(folder)` leaves CSV, Excel and JSON files in the shapes vendors produce, and a `kadar.toml`
that names the company but no source: those are proposed from the files, as a user's would be.

The company sells office supplies in Malaysia, Singapore, Indonesia and China. What is to be found:
over the new year of 2026 four of the seven people who answer Malaysian tickets leave; answers
slow down, then Malaysian NPS falls, then customers leave, naming the service. Paid search grows
dear from the middle of 2025. One salesperson never closes a lost deal. One agent solves tickets
that come back. A loyalty rebate in 2025, with a group left out, sold more. Customers who leave
order less for months before. Feasts are quiet, and hampers come before them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.demo.report import DemoReport

__all__ = ["write"]


def write(folder: Path) -> DemoReport:
    """Write the example company's exports and its `kadar.toml` into `folder`.

    The folder is made if it is missing; files of the same names are replaced. Three years, from
    1 July 2023 to 30 June 2026, local time of Kuala Lumpur; every call writes the same bytes.
    """
    from kadar.demo.company import company
    from kadar.demo.exports import write_all
    from kadar.demo.exports.hubspot_deals import write_later
    from kadar.demo.report import DemoReport
    from kadar.demo.settings import SETTINGS
    from kadar.demo.truth import truth

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kadar.toml").write_bytes(SETTINGS.encode())
    simulated = company()
    files, faults = write_all(simulated, folder)
    later, edited, removed = write_later(simulated, folder)
    return DemoReport(folder, files, faults, truth(simulated), later, edited, removed)
