"""What a column of raw texts is taken for."""

from __future__ import annotations

import pytest

from kadar.sources.files.values import kind_of


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["", None, "N/A"], "empty"),
        (["1", "2.5", "-3"], "number"),
        (["1", "0", "1"], "number"),
        (["1234.56", "4321.12"], "number"),
        (["RM 1,234.50", "RM 5"], "money"),
        (["$342.09K", "$1M"], "money"),
        (["2021-04-15", "2021-05-01"], "date"),
        (["19970101", "19980202"], "date"),
        (["12345678", "99999999"], "number"),
        (["15 Apr, 2021 00:02:00"], "moment"),
        (["2021年4月15日"], "date"),
        (["true", "False"], "boolean"),
        (["Ya", "Tidak"], "boolean"),
        (["00123", "00124"], "text"),
        (["12345678901234567890"], "text"),
        (["INV 123", "SKU 5"], "text"),
        (["1234-56", "9876-54"], "text"),
        (["a", "2021-01-01"], "text"),
    ],
)
def test_kind_of(values: list[str | None], kind: str) -> None:
    assert kind_of(values) == kind
