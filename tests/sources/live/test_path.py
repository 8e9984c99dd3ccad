from decimal import Decimal

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kadar.sources.live.path import taker

ENGINE = duckdb.connect()
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.datetimes(),
    st.lists(st.integers(), max_size=2),
)  # fmt: skip


@given(st.one_of(VALUES, st.fixed_dictionaries({"stamp": VALUES})))
def test_a_value_is_taken_as_the_engine_takes_it_out_of_the_json(value):
    record = {"properties": value}
    said = msgspec.json.encode(record).decode()
    for path in ("$.properties", "$.properties.stamp", "$.other", "$.other.stamp"):
        take = taker(path)
        assert take is not None
        ((there,),) = ENGINE.execute("select json_extract_string(?, ?)", [said, path]).fetchall()
        assert take(record) == there


@pytest.mark.parametrize("path", ["", "$", '$."a b"', "$.a[0]", "$.a-b", '$."@odata.etag"'])
def test_a_path_that_is_not_plain_is_left_to_the_engine(path):
    assert taker(path) is None


def test_a_decimal_keeps_its_digits():
    take = taker("$.amount")
    assert take is not None
    assert take({"amount": Decimal("1.50")}) == "1.50"


def test_a_result_the_caller_has_open_is_left_to_him():
    duckdb.execute("from range(3)")  # noqa: TID251
    take = taker("$.amount")
    assert take is not None
    assert take({"amount": 0.5}) == "0.5"
    assert duckdb.fetchall() == [(0,), (1,), (2,)]
