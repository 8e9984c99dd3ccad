import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kadar.sources.salesforce.records import Columns

TYPES = {"Id": "string", "Name": "string", "Notes": "textarea", "Amount": "currency"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
ROWS = st.lists(
    st.tuples(TEXTS, TEXTS | st.just('a "b"\r\n,c\n'), TEXTS, st.sampled_from(["", "1.0", "2E1"])),
    max_size=6,
)


def written(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([[*TYPES], *rows])
    return out.getvalue().encode()


@given(ROWS)
def test_a_bulk_result_is_read_as_python_reads_it(rows):
    numbers = {"1.0": "1", "2E1": "20"}
    wanted = [
        {name: numbers.get(text, text) if name == "Amount" else text
         for name, text in zip(TYPES, row, strict=True) if text}
        for row in rows
    ]  # fmt: skip
    assert Columns(TYPES).of_csv(written(rows)) == wanted


def test_fields_that_were_not_asked_for_are_left_out_and_order_does_not_matter():
    said = b'"Name","More","Id"\n"Bakti","x","1"\n'
    assert Columns(TYPES).of_csv(said) == [{"Id": "1", "Name": "Bakti"}]
    assert list(Columns(TYPES).of_csv(said)[0]) == ["Id", "Name"]


@pytest.mark.parametrize(
    ("said", "why"),
    [(b'"Id","Name"\n"1","a"\n"2"', "Expected 2 columns"), (b'"Id"\n"\xff"\n', "UTF8")],
)
def test_a_row_or_a_character_broken_off_is_said(said, why):
    with pytest.raises(ValueError, match=why):
        Columns(TYPES).of_csv(said)


@pytest.mark.parametrize("said", [b"", b"\n", b'"Id","Name"', b'"Id","Name"\n'])
def test_nothing_found_is_no_record(said):
    assert Columns(TYPES).of_csv(said) == []


def test_a_record_may_be_longer_than_any_block():
    long = "x" * 3_000_000
    assert Columns(TYPES).of_csv(written([("1", long, "", "")])) == [{"Id": "1", "Name": long}]
