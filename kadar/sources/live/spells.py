"""Stays in a state, of systems that keep no history: what was seen of each record at every sync.

`spells(object, state, since)` is a table macro for mappings, over `<object>__versions`: every
landed version of every record. `state` names the column whose values are the states (a stage, a
status), `since` the column that says since when a record is in its state, or null where none
does. One row a stay:

- `_key`, `_row`: the record, and its landed version that began the stay;
- `state`: the value;
- `entered_at`: what `since` says, or, where that says nothing new, when the version was last
  modified, or else seen;
- `left_at`: when the next stay began; null while it lasts;
- `told`: `entered_at` is the system's own word;
- `first`: the record was in this state when it was first seen, so what was before is not known.

A stay begins where the state is another one, or the same with another `since` (it was left and
entered again in between). Two moves between two syncs are seen as one. Of records that are gone
there are no stays; one that came back goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SPELLS = """
create or replace temp macro spells(of_object, by_column, since_column) as table
with versions as (
    from query(
        'select _row, _key, _deleted, coalesce(_modified, _seen_at) as known_at, nullif("'
        || by_column || '", '''') as state, '
        || coalesce('nullif("' || since_column || '", '''')', 'null::varchar') || ' as said from "'
        || of_object || '__versions"'
    )
), seen as (
    select _row, _key, state, known_at, case
        when regexp_full_match(said, '[0-9]{11,14}')
        then make_timestamptz(said::bigint * 1000) else said::timestamptz end as since
    from versions
    where not _deleted and _key not in (
        select _key from versions group by _key having arg_max(_deleted, _row)
    )
), steps as (
    select *, row_number() over past as place,
        lag(state) over past as state_before, lag(since) over past as since_before
    from seen
    window past as (partition by _key order by _row)
), entries as (
    select _row, _key, state, place = 1 as first,
        since is not null and (place = 1 or since is distinct from since_before) as told,
        max(case when since is not null and (place = 1 or since is distinct from since_before)
            then since else known_at end) over (partition by _key order by _row) as entered_at
    from steps
    where place = 1 or state is distinct from state_before
        or (since is distinct from since_before and since is not null and since_before is not null)
), stays as (
    select * from entries
    qualify row_number() over (partition by _key, state, entered_at order by _row desc) = 1
)
select _key, _row, state, entered_at,
    lead(entered_at) over (partition by _key order by _row) as left_at, told, first
from stays
"""


def make_macros(connection: DuckDBPyConnection) -> None:
    """Make the macros that mappings may use."""
    connection.execute(SPELLS)
