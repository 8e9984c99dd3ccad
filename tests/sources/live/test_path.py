from decimal import Decimal

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kadar.sources.live.path import taker

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
        (engine,) = duckdb.execute("select json_extract_string(?, ?)", [said, path]).fetchone()
        assert take(record) == engine


@pytest.mark.parametrize("path", ["", "$", '$."a b"', "$.a[0]", "$.a-b", '$."@odata.etag"'])
def test_a_path_that_is_not_plain_is_left_to_the_engine(path):
    assert taker(path) is None


def test_a_decimal_keeps_its_digits():
    take = taker("$.amount")
    assert take is not None
    assert take({"amount": Decimal("1.50")}) == "1.50"
