"""Errors a user can meet: a stable code, a sentence and a next step, in their language."""

from __future__ import annotations

from kadar.language import translate

NO, USAGE, FAILED = 1, 2, 3  # exit codes: the data says no; wrong usage; a source or engine failed


class KadarError(Exception):
    """An error with a code (`KDR-…`), a sentence and a remedy.

    `message` and `remedy` are templates marked with `kadar.language.N_`; `details` fill them.
    Secrets never belong into details.
    """

    def __init__(
        self,
        code: str,
        message: str,
        remedy: str,
        *,
        exit_code: int = USAGE,
        **details: object,
    ) -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        self.exit_code = exit_code
        self.details = details
        super().__init__(code)

    def sentence(self, language: str = "en") -> str:
        """What went wrong, in `language`."""
        return translate(self.message, language).format(**self.details)

    def next_step(self, language: str = "en") -> str:
        """What to do about it, in `language`."""
        return translate(self.remedy, language).format(**self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence()} {self.next_step()}"


def nearest(word: str, words: list[str]) -> str:
    """Name the existing words, the nearest spelling first: the tail of a "no such" error."""
    from difflib import get_close_matches

    close = get_close_matches(word, words, n=3, cutoff=0.6)
    return ", ".join([*close, *(w for w in sorted(words) if w not in close)])
