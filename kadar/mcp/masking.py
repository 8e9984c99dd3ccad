"""Rows without the people in them: names, e-mails, telephone numbers and what customers wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kadar.documents.listed import Listed
from kadar.documents.number import Scalar
from kadar.errors import NO, KadarError
from kadar.language import N_
from kadar.measure.question import parse_filter

PERSONAL = {"name", "email", "phone", "comment"}  # columns, wherever they are reached from
MASK = "•••"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d\s().-]{6,}\d")


def masked(document: Listed) -> Listed:
    """Return rows with what names a person masked; keys stay, so that rows can be looked up."""
    return replace(
        document,
        rows=[
            {
                column: _masked(column, value) if document.columns[column] == "text" else value
                for column, value in row.items()
            }
            for row in document.rows
        ],
    )


def check_dimensions(by: Iterable[str], where: Iterable[str]) -> None:
    """Refuse to divide or filter by what names a person. Raises KDR-MCP-001."""
    for name in (*by, *(parse_filter(text).dimension for text in where)):
        if personal(name):
            raise KadarError(
                "KDR-MCP-001",
                N_("{dimension} names people: it is masked here."),
                N_("Divide by something else; who runs kadar mcp may allow it with --show-names."),
                exit_code=NO,
                dimension=name,
            )


def personal(column: str) -> bool:
    """Whether a column or dimension names a person."""
    return column.rpartition(".")[2] in PERSONAL


def _masked(column: str, value: Scalar) -> Scalar:
    if not isinstance(value, str):
        return value
    if personal(column):
        return MASK
    text = _EMAIL.sub(MASK, value)
    return text if column.endswith("_id") else _PHONE.sub(MASK, text)
