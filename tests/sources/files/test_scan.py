"""The bytewise look at a text file agrees with the reader that goes record by record."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kadar.sources.files import scan as scanning

PIECES = st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "bc", " ", "é", '","', '"\n"'])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(PIECES, max_size=30), chunk=st.integers(1, 12), fields=st.integers(1, 3))
def test_what_is_called_regular_is(
    tmp_path: Any, pieces: list[str], chunk: int, fields: int
) -> None:
    """Whatever the text and however it is cut: a regular file holds what the scan says."""
    text = "".join(pieces)
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", chunk)
        found = scanning.scan(path, 1, ",", '"', fields)
    if found is None:
        return
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == found.records
    assert {len(row) for row in rows} <= {fields, 0 if fields == 1 else fields}
    inside = sum(cell.count("\n") for row in rows for cell in row)
    assert inside == found.quoted_newlines


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 7, 64])
def test_a_regular_file_is_called_so(tmp_path: Any, chunk: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('h,h\r\n1,"a, ""b"""\r\n2,"x\r\ny"\r\n"3",é'.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", chunk)
        found = scanning.scan(path, 2, ",", '"', 2)
    assert found is not None
    assert (found.records, found.newline, found.quoted_newlines) == (3, "\r\n", 1)
