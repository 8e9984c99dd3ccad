"""Stage history: each stay of a deal in a stage, for the deals of all regions."""

from __future__ import annotations

from pathlib import Path

from kadar.demo.company import Company
from kadar.demo.deals import STAGES
from kadar.demo.exports.text import Text, minute
from kadar.demo.report import DemoFile, Fault

HEADERS = ("Deal ID", "Stage", "Stage Position", "Entered At", "Left At")


def write(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write the history; the last stage of a deal has not been left."""
    text = Text("exports/deal_stage_history.csv", "deal_stages", HEADERS)
    for deal in company.deals:
        left = [entered for _, entered in deal.stages[1:]]
        for (stage, entered), moment in zip(deal.stages, [*left, None], strict=True):
            place = STAGES.index(stage) + 1 if stage in STAGES else len(STAGES) + 1
            text.add((deal.id, stage, place, minute(entered), minute(moment)))
    return [text.save(folder)], []
