"""What the data could not tell about a model, and what was fitted instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kadar.language import N_, translate

RATE, DROPOUT, SPEND = "rate", "dropout", "spend"
SAME_LEAVING = N_("{model} with one probability of leaving for all")

NOT_IDENTIFIED = {
    RATE: N_(
        "The data cannot tell how much customers differ in how often they buy "
        "({parameters} of {model} are not identified); fitted instead: {nested}."
    ),
    DROPOUT: N_(
        "The data cannot tell how much customers differ in when they leave "
        "({parameters} of {model} are not identified); fitted instead: {nested}."
    ),
    SPEND: N_(
        "The data cannot tell how much what customers spend differs "
        "({parameters} of {model} are not identified); fitted instead: {nested}."
    ),
}


@dataclass(frozen=True)
class Diagnosis:
    """A model was not identified: in what (`rate`, `dropout`, `spend`), what stands in its place.

    `parameters` are those that ran away, in the papers' letters. `held` are the values at which
    the nested model holds them.
    """

    model: str
    nested: str
    about: str
    parameters: tuple[str, ...]
    held: Mapping[str, float]
    before: Diagnosis | None = None  # of another trait, of which the same is true

    def sentence(self, language: str = "en") -> str:
        """Say it in `language`."""
        said = translate(NOT_IDENTIFIED[self.about], language).format(
            parameters=", ".join(self.parameters),
            model=self.model,
            nested=translate(self.nested, language).format(model=self.model),
        )
        return said if self.before is None else f"{self.before.sentence(language)} {said}"

    def __str__(self) -> str:
        return self.sentence()
