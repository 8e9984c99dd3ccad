"""Pins of the compiler: a test here fails when a pin can go."""

from __future__ import annotations

import re
from importlib.metadata import requires, version

from packaging.version import Version


def test_ibis_still_forgets_to_declare_packaging() -> None:
    """pyproject.toml declares `packaging` in ibis's stead."""
    always = [line for line in requires("ibis-framework") or () if "extra ==" not in line]
    declared = {re.split(r"[<>=!~; ]", line)[0] for line in always}
    assert "packaging" not in declared, "declared upstream: drop it from pyproject.toml"


def test_sqlglot_stays_below_the_version_that_breaks_ibis_12() -> None:
    assert Version(version("ibis-framework")) < Version("13"), "try sqlglot without its ceiling"
    assert Version(version("sqlglot")) < Version("30.18")
