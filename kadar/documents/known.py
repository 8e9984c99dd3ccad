"""From which data a document was made, and up to when that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.documents.number import DESCRIBED

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Known:
    """From which data it was made."""

    __pydantic_config__ = DESCRIBED

    data_version: str
    """The version of the data; the whole document is of this one."""
    observed_until: datetime | None
    """The moment up to which the data is known; null where it holds no moment."""
    observed_until_assumed: bool
    """Whether that moment was stated by nobody: it is the latest event in the data."""


def known(answer: Answer) -> dict[str, Any]:
    """Return the fields of `Known` as an answer has them."""
    return {
        "data_version": answer.data_version,
        "observed_until": answer.observed_until,
        "observed_until_assumed": answer.assumed,
    }


def known_now(workspace: Workspace) -> dict[str, Any]:
    """Return the fields of `Known` as the current data has them."""
    with workspace.asking() as asking:
        return {
            "data_version": asking.data_version,
            "observed_until": asking.observed_until,
            "observed_until_assumed": asking.assumed,
        }
