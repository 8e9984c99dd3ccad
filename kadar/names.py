"""Names that complete: in a notebook, `acme.dimensions("win_rate").channel` after a tab."""

from __future__ import annotations


class Names(tuple[str, ...]):
    """Names, each an attribute too whose value is itself."""

    __slots__ = ()

    def __getattr__(self, name: str) -> str:
        if name in self:
            return name
        raise AttributeError(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self})
