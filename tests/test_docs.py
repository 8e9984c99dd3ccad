"""The reference pages say what the code says; every link of the README leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kadar.catalogue import catalogue

ROOT = Path(__file__).parent.parent


def test_reference_pages_are_those_the_code_makes() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run `make docs`"


def test_every_kpi_is_defined_in_words_and_has_an_owner() -> None:
    for made in catalogue():
        assert made.title, made.name
        for variant in made.variants.values():
            assert variant.wording.endswith("."), f"{made.name} {variant.name}"
        assert set(made.roles) <= {"sales", "marketing", "service", "leadership"}
        assert made.roles, made.name
        if made.core:
            assert made.improve, f"{made.name} says nothing that improves it"


def test_every_setting_of_kadar_toml_is_explained() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    unexplained = re.findall(r"^\| `(\w+)` \|.*\|  \|$", page, re.MULTILINE)
    assert not unexplained


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target


# Said in two ways: with the holder of the lock named, and where it is not known.
SAID_IN_TWO_WAYS = {"KDR-STO-001"}


def test_no_error_code_means_two_things() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    codes = re.findall(r"^\| `(KDR-[A-Z]+-\d+)`", page, re.MULTILINE)
    assert codes
    assert {code for code in codes if codes.count(code) > 1} == SAID_IN_TWO_WAYS
