"""What drives a change: the tree of a KPI's formula, each of its branches with its exact share.

A KPI's own formula is a tree of measures joined by + - x /. Some KPIs are known to be more: new
customers are leads times their conversion, and those who came without a lead (`identities`). The
change of the whole is shared out over the leaves by Shapley's value: the mean, over every order in
which the leaves could have changed one after the other, of what each changed when its turn came.
It treats leaves alike, leaves nothing over, and takes products, quotients, zeros and negative
amounts (Shapley, "A value for n-person games", 1953; Sun, "Changes in energy consumption", Energy
Economics 20 (1998), 85-100, for the decomposition of products). A branch has what its leaves have.
Numbers are fractions: the leaves sum to the change exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

from kadar.errors import NO, KadarError
from kadar.insight.compared import exact
from kadar.insight.wording import Phrase
from kadar.kpi import NUMBER, Kpi, Variant
from kadar.language import N_
from kadar.measure.formula import Cohort, Constant, Formula, Operation

if TYPE_CHECKING:
    from kadar.asking import Asking
    from kadar.measure.question import Question

MOST = 10  # leaves: 2¹⁰ evaluations
Values = Mapping[str, Fraction]


@dataclass(frozen=True)
class Branch:
    """A node of the tree: what it is, how its children are joined, or the leaf's formula."""

    name: Phrase
    formula: Formula
    symbol: str = ""  # joins the children; none for a leaf
    children: tuple[Branch, ...] = ()

    def leaves(self) -> Iterator[Branch]:
        """Every leaf, a leaf that stands in several places several times."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def value(self, leaves: Values) -> Fraction | None:
        """Compute the branch from its leaves; None where it is divided by nothing."""
        if not self.children:
            return leaves[str(self.formula)]
        values = [child.value(leaves) for child in self.children]
        whole = values[0]
        for value in values[1:]:
            if whole is None or value is None:
                return None
            if self.symbol == "/" and not value:
                return None
            whole = _JOINED[self.symbol](whole, value)
        return whole


@dataclass(frozen=True)
class Driver:
    """A branch in both periods, and what of the whole's change comes from it.

    `level` is 0 for the KPI itself. Branches have no unit of their own: counts are counts, money
    is the company's, shares are fractions.
    """

    name: Phrase
    level: int
    symbol: str
    before: Fraction
    after: Fraction
    effect: Fraction
    leaf: bool


def tree_of(formula: Formula, name: Phrase) -> Branch:
    """Return the tree of a formula: its measures are the leaves."""
    from kadar.insight.leaves import named

    if isinstance(formula, Cohort):
        return tree_of(formula.formula, name)
    if isinstance(formula, Operation):
        children = tuple(tree_of(child, named(child)) for child in (formula.left, formula.right))
        return Branch(name, formula, formula.symbol, children)
    return Branch(name, formula)


def drivers(asking: Asking, tree: Branch, questions: Sequence[Question]) -> list[Driver]:
    """Share the change between two questions' periods out over the tree, from the top down.

    Raises KDR-WHY-006 where a leaf has no value in a period, where it is divided by nothing on
    the way from the one to the other, and for trees of more than ten leaves.
    """
    leaves = {str(leaf.formula): leaf for leaf in tree.leaves()}
    before, after = (_values(asking, leaves, question) for question in questions)
    moving = [name for name in leaves if before[name] != after[name]]
    if len(moving) > MOST:
        raise _no_tree()
    effects = shapley(moving, before, after, tree.value)
    if effects is None:
        raise _no_tree()
    return list(Shared(before, after, effects).drivers(tree))


def shapley(
    moving: Sequence[str], before: Values, after: Values, value: Callable[[Values], Fraction | None]
) -> dict[str, Fraction] | None:
    """Return each leaf's mean effect over all orders of change; None where one is undefined."""
    number = len(moving)
    worth: dict[frozenset[str], Fraction] = {}
    for size in range(number + 1):
        for chosen in combinations(moving, size):
            made = value({**before, **{name: after[name] for name in chosen}})
            if made is None:
                return None
            worth[frozenset(chosen)] = made
    effects = {}
    for name in moving:
        effect = Fraction(0)
        for there, made in worth.items():
            if name not in there:
                size = len(there)
                orders = factorial(size) * factorial(number - size - 1)
                effect += Fraction(orders, factorial(number)) * (worth[there | {name}] - made)
        effects[name] = effect
    return effects


@dataclass(frozen=True)
class Shared:
    """The leaves in both periods, and the effect of each."""

    before: Values
    after: Values
    effects: Values
    told: set[str] = field(default_factory=set)

    def drivers(self, tree: Branch, level: int = 0) -> Iterator[Driver]:
        """Yield a branch and those below it; a leaf in several branches is of the first."""
        mine = {str(leaf.formula) for leaf in tree.leaves()} - self.told
        old, new = tree.value(self.before), tree.value(self.after)
        if old is None or new is None:
            raise _no_tree(tree.formula)
        effect = sum((self.effects.get(name, Fraction(0)) for name in mine), Fraction(0))
        yield Driver(tree.name, level, tree.symbol, old, new, effect, not tree.children)
        for child in tree.children:
            if not isinstance(child.formula, Constant):
                yield from self.drivers(child, level + 1)
        if not tree.children:
            self.told.add(str(tree.formula))


def _values(asking: Asking, leaves: Mapping[str, Branch], question: Question) -> Values:
    """Compute the leaves of one period as fractions, from what their measures come to."""
    atoms = {str(atom): atom for leaf in leaves.values() for atom in _atoms(leaf.formula)}
    wanted = [(_alone(f"branch_{i}", atom), "default") for i, atom in enumerate(atoms.values())]
    rows = {row.kpi: row.value for row in asking.answer(wanted, question)}
    known: dict[str, Fraction] = {}
    for position, (name, atom) in enumerate(atoms.items()):
        value = exact(rows.get(f"branch_{position}"))
        if value is None:
            raise _no_tree(atom)
        known[name] = value
    found: dict[str, Fraction] = {}
    for name, leaf in leaves.items():
        value = _computed(leaf.formula, known)
        if value is None:
            raise _no_tree(leaf.formula)
        found[name] = value
    return found


def _alone(name: str, formula: Formula) -> Kpi:
    """Return a formula as a KPI of its own, to be asked beside others."""
    made = {"default": Variant("default", lambda crm: formula, NUMBER)}
    return Kpi(name, name, NUMBER, None, (), False, "default", (), (), made)


def _atoms(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Cohort):
        yield from _atoms(formula.formula)
    elif isinstance(formula, Operation):
        for child in formula.children:
            yield from _atoms(child)
    elif not isinstance(formula, Constant):
        yield formula


def _computed(formula: Formula, known: Values) -> Fraction | None:
    if isinstance(formula, Cohort):
        return _computed(formula.formula, known)
    if isinstance(formula, Constant):
        return Fraction(str(formula.number))
    if not isinstance(formula, Operation):
        return known[str(formula)]
    left, right = (_computed(child, known) for child in formula.children)
    if left is None or right is None or (formula.symbol == "/" and not right):
        return None
    return _JOINED[formula.symbol](left, right)


def _no_tree(formula: Formula | None = None) -> KadarError:
    from kadar.insight.leaves import named

    return KadarError(
        "KDR-WHY-006",
        N_("The change cannot be shared out over the tree: {what} has no value on the way."),
        N_("Choose periods in which every branch has a value, or divide by a dimension with --by."),
        exit_code=NO,
        what="-" if formula is None else str(named(formula)),
    )


_JOINED: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}
