"""Texts that say "nothing here". The word "unknown" is not among them: it is a value."""

from __future__ import annotations

NULLS = ("", "?", "null", "n/a", "na", "#n/a", "-", "--", "none", "nan", "(null)", "<null>")


def is_null(text: str | None) -> bool:
    """Tell whether a raw text stands for nothing."""
    return text is None or text.strip().lower() in NULLS


def sql_known(text: str) -> str:
    """Return SQL for the trimmed text, NULL where it stands for nothing."""
    # A text much longer than the longest token cannot be one: most texts are spared the comparison.
    longest = 2 * max(map(len, NULLS))
    tokens = ", ".join(f"'{token}'" for token in NULLS)
    return (
        f"CASE WHEN strlen({text}) <= {longest} AND lower(trim({text})) IN ({tokens}) "
        f"THEN NULL ELSE trim({text}) END"
    )
