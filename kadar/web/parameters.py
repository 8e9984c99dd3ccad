"""What addresses of the REST API may say: parameters that several endpoints share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_FILTERS, LONGEST = 20, 1000  # filters of a question; characters of one


Form = Literal["json", "csv", "parquet"]


class Parameters(BaseModel):
    """What every endpoint knows. Anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    format: Annotated[
        Form | None,
        Field(description="How to answer; else as the Accept header says, else JSON."),
    ] = None
    lang: Annotated[
        Literal["en", "ms", "zh_CN"] | None,
        Field(description="Language of words; else the browser's, else the company's."),
    ] = None
    data_version: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Answer only from this version of the data, as an earlier answer named "
            "it; else 409. Pages of one listing belong together so.",
        ),
    ] = None


AsOf = Annotated[
    str | None,
    Field(
        min_length=10,
        max_length=40,
        description="Answer from what was known at the end of this day (or at 2026-03-31T09:00).",
        examples=["2026-03-31"],
    ),
]
Kpi = Annotated[
    str, Field(min_length=1, max_length=64, description="Name of a KPI.", examples=["win_rate"])
]
Variant = Annotated[
    str | None,
    Field(min_length=1, max_length=64, description="Another definition; else the usual one."),
]
Grain = Annotated[
    Literal["day", "week", "month", "quarter", "year", "all"],
    Field(description="Length of a period; `all` is the whole span."),
]
Name = Annotated[str, Field(min_length=1, max_length=64)]
By = Annotated[
    list[Name],
    Field(
        default_factory=list,
        max_length=6,
        description="Divide by a dimension; repeatable.",
        examples=[["channel"]],
    ),
]
Condition = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Where = Annotated[
    list[Condition],
    Field(
        default_factory=list,
        max_length=MOST_FILTERS,
        description="Keep what meets it: `country=MY`, `channel!=web`, `country=MY,SG`; "
        "repeatable.",
        examples=[["channel=web"]],
    ),
]
Group = Annotated[
    list[Condition],
    Field(
        default_factory=list,
        max_length=6,
        description="Pick one group of the KPI divided by a dimension, `channel=web`; repeatable.",
    ),
]
Period = Annotated[
    str,
    Field(
        min_length=3,
        max_length=20,
        description="`2026`, `2026-Q3`, `2026-09`, `2026-W37`, `2026-09-14` or `all`.",
        examples=["2026-05"],
    ),
]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-01-01"])]
Since = Annotated[Day | None, Field(description="Periods that open on this day or later.")]
Until = Annotated[Day | None, Field(description="Periods that open before this day.")]


class Asked(Parameters):
    """What every question about data knows."""

    as_of: AsOf = None


class About(Asked):
    """A question about one KPI."""

    kpi: Kpi
    variant: Variant = None
    where: Where


class Series(About):
    """A question about one KPI by period."""

    grain: Grain = "month"
    by: By
    since: Since = None
    until: Until = None
