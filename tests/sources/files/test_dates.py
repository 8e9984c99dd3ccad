"""Moments in every way people write them, in the company's time zone (UTC+8 here)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kadar.errors import KadarError
from kadar.project import Company, Project


def staged(desk: Any, values: list[str], **settings_: Any) -> tuple[list[Any], list[Any], bool]:
    """Stage `values` as the moments of orders: UTC texts, what was refused, date only."""
    lines = "".join(f'o{n},"{value}"\n' for n, value in enumerate(values))
    desk.write("a.csv", f"id,x\n{lines}")
    source = desk.source(columns={"order_id": "id", "ordered_at": "x"}, **settings_)
    made = desk.stage(source)
    assert made.read == len(values)
    return desk.rows(made, "ordered_at"), desk.refused(made), made.carried["ordered_at"]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("15 Apr, 2021 00:02:00", "2021-04-14 16:02:00"),
        ("2021-04-15", "2021-04-14 16:00:00"),
        ("2021/4/5", "2021-04-04 16:00:00"),
        ("2021-04-15 10:30", "2021-04-15 02:30:00"),
        ("2021-04-15T10:30:00Z", "2021-04-15 10:30:00"),
        ("2021-04-15T10:30:00.000+0000", "2021-04-15 10:30:00"),
        ("2021-04-15T10:30:00.1234567Z", "2021-04-15 10:30:00"),
        ("2021-04-15 10:30:00+08", "2021-04-15 02:30:00"),
        ("2021-04-15 10:30:00 UTC", "2021-04-15 10:30:00"),
        ("15 Apr 2021 10:00 +0530", "2021-04-15 04:30:00"),
        ("2021-04-15 10:30 PM", "2021-04-15 14:30:00"),
        ("15.04.2021", "2021-04-14 16:00:00"),
        ("15-Apr-21", "2021-04-14 16:00:00"),
        ("April 15th, 2021", "2021-04-14 16:00:00"),
        ("Thu, 15 Apr 2021 12:05 AM", "2021-04-14 16:05:00"),
        ("20210415", "2021-04-14 16:00:00"),
        ("2021-04", "2021-03-31 16:00:00"),
        ("Apr 2021", "2021-03-31 16:00:00"),
        ("2021年4月15日", "2021-04-14 16:00:00"),
        ("2021年4月15日 下午3:05", "2021-04-15 07:05:00"),
        ("2021-04-15 上午10:05:06", "2021-04-15 02:05:06"),
        ("2021年4月15日 10时30分", "2021-04-15 02:30:00"),
        ("15 Mac 2021", "2021-03-14 16:00:00"),
        ("15 Mei 2021 3:05 petang", "2021-05-15 07:05:00"),
        ("15 Ogos 2021", "2021-08-14 16:00:00"),
        ("Rabu, 15 Disember 2021", "2021-12-14 16:00:00"),
        ("２０２１-０４-１５", "2021-04-14 16:00:00"),
        ("15/04/2021 1:02:03 pm", "2021-04-15 05:02:03"),
        ("4/15/21", "2021-04-14 16:00:00"),
        ("1618444800", "2021-04-15 00:00:00"),
        ("1618444800000", "2021-04-15 00:00:00"),
        ("44301", "2021-04-14 16:00:00"),
        ("44301.5", "2021-04-15 04:00:00"),
    ],
)
def test_moments_as_written(desk: Any, written: str, utc: str) -> None:
    values, refused, _ = staged(desk, [written])
    assert refused == []
    assert values == [utc]


def test_a_column_may_mix_ways_of_writing(desk: Any) -> None:
    values, refused, date_only = staged(
        desk, ["2021-04-15", "15 Apr 2021", "2021-04-15T00:00:00Z", "soon"]
    )
    assert values == ["2021-04-14 16:00:00", "2021-04-14 16:00:00", "2021-04-15 00:00:00"]
    assert "“soon” is no date" in refused[0][2]
    assert date_only is False


def test_day_or_month_first_is_decided_by_the_column(desk: Any) -> None:
    assert staged(desk, ["01/02/2021", "13/02/2021"])[0][0] == "2021-01-31 16:00:00"
    assert staged(desk, ["01/02/2021", "02/13/2021"])[0][0] == "2021-01-01 16:00:00"
    assert staged(desk, ["05/05/2021"])[0] == ["2021-05-04 16:00:00"]
    assert staged(desk, ["1/2/21 9:05", "31/12/20 23:59"])[0][0] == "2021-02-01 01:05:00"


def test_undecidable_and_contradicting_orders_are_errors(desk: Any) -> None:
    with pytest.raises(KadarError, match=r"KDR-MAP-007.*ordered_at.*01/02/2021.*03/04/2021"):
        staged(desk, ["01/02/2021", "03/04/2021"])
    with pytest.raises(KadarError, match=r"KDR-MAP-006.*line 2.*line 3"):
        staged(desk, ["13/02/2021", "01/14/2021"])
    with pytest.raises(KadarError, match="KDR-MAP-007"):
        staged(desk, ["19-01-15"] * 9)


@pytest.mark.parametrize("form", ["D/M/Y", "DD/MM/YYYY", "%d/%m/%Y", "dmy"])
def test_date_format_decides(desk: Any, form: str) -> None:
    values, _, date_only = staged(desk, ["01/02/2021", "03/04/2021"], date_format=form)
    assert values == ["2021-01-31 16:00:00", "2021-04-02 16:00:00"]
    assert date_only is True
    values, refused, _ = staged(
        desk, ["13/02/2021", "01/14/2021"], date_format={"ordered_at": form}
    )
    assert (len(values), len(refused)) == (1, 1)


def test_strange_date_formats(desk: Any) -> None:
    assert staged(desk, ["2021|15|04"], date_format="%Y|%d|%m")[0] == ["2021-04-14 16:00:00"]
    with pytest.raises(KadarError, match="KDR-MAP-008"):
        staged(desk, ["01/02/2021"], date_format="hello")


@pytest.mark.parametrize("written", ["2023-02-29", "29/02/2023", "29 Feb 2023", "2023年2月29日"])
def test_29_february_of_a_common_year_is_refused(desk: Any, written: str) -> None:
    other = "15/01/2023" if "/" in written else written.replace("29", "28")
    values, refused, _ = staged(desk, [written, other])
    assert len(values) == 1
    assert "29 February in a year that has none" in refused[0][2]


def test_31_april_is_refused(desk: Any) -> None:
    _, refused, _ = staged(desk, ["2023-04-31", "2024-02-29"])
    assert [line for line, _, _ in refused] == [2]
    assert "a day its month does not have" in refused[0][2]


def test_midnights_are_dates(desk: Any) -> None:
    assert staged(desk, ["2021-04-15 00:00:00", "2021-05-15 00:00:00"])[2] is True
    assert staged(desk, ["2021-04-15 00:00:00", "2021-05-15 00:00:01"])[2] is False
    assert staged(desk, ["2021-04-15T00:00:00Z"])[2] is False
    assert staged(desk, ["2021-04-15"])[2] is True


def test_clock_changes_follow_the_engine(desk: Any) -> None:
    berlin = Company(time_zone="Europe/Berlin")
    desk.project = Project(desk.folder, berlin, [], {})
    values, _, _ = staged(desk, ["2021-03-28 02:30:00", "2021-10-31 02:30:00", "2021-07-01"])
    assert values == ["2021-03-28 01:30:00", "2021-10-31 01:30:00", "2021-06-30 22:00:00"]


FORMS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%Y年%m月%d日"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2068, 12, 31)), min_size=1, max_size=10),
    form=st.sampled_from(FORMS),
    clock=st.sampled_from(["", " %H:%M", " %H:%M:%S", " %I:%M %p"]),
    second=st.integers(0, 86399),
)
def test_dates_come_back(
    desk: Any, days: list[dt.date], form: str, clock: str, second: int
) -> None:
    """A column that holds the 31st is read as it was written, in any form."""
    time = dt.time(second // 3600, second // 60 % 60, second % 60) if clock else dt.time()
    if "%S" not in clock:
        time = time.replace(second=0)
    moments = [dt.datetime.combine(day, time) for day in [*days, dt.date(2020, 1, 31)]]
    values, refused, _ = staged(desk, [moment.strftime(form + clock) for moment in moments])
    assert refused == []
    shift = dt.timedelta(hours=8)
    recent = [moment for moment in moments if moment.year >= 1983]  # before, Malaysia was at +7:30
    found = [value for value, moment in zip(values, moments, strict=True) if moment.year >= 1983]
    assert found == [f"{moment - shift:%Y-%m-%d %H:%M:%S}" for moment in recent]
