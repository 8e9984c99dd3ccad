"""Activities: calls, mails, meetings and newsletters, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.report import QUARANTINED, DemoFile, Fault

PATH = "exports/activities.jsonl"


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the activities, one of them without a time."""
    faults: list[Fault] = []
    lines: list[str] = []
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for position, one in enumerate(company.interactions):
        record = {
            "activity_id": one.id,
            "activity_type": one.kind,
            "direction": one.direction,
            "automated": one.automated,
            "occurred_at": f"{one.occurred.isoformat()}+08:00",
            "account_id": one.customer_id,
            "lead_id": one.lead_id,
            "owner_id": one.owner_id,
        }
        lines.append(encode(record))
        if position == 21000:
            faults.append(
                Fault(PATH, len(lines) + 1, "ACT-000000", "occurred_at", "no time", QUARANTINED)
            )
            lines.append(encode(record | {"activity_id": "ACT-000000", "occurred_at": None}))
    path = folder / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\n".join(lines) + "\n").encode())
    return [DemoFile(PATH, "interactions", len(lines))], faults
