"""Which pairs of customers are worth comparing: blocks small enough to keep the work linear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from math import log

from kadar.duplicates.score import Known

LARGEST = 16  # customers of one block that are all compared; a larger block says too little
WINDOW = 4  # neighbours in the order of the names, forwards and backwards


def weights(customers: Sequence[Known]) -> dict[str, float]:
    """Return how much each word tells: 1 for one that a single customer has, towards 0.1."""
    counts: dict[str, int] = defaultdict(int)
    for one in customers:
        for word in set(one.words):
            counts[word] += 1
    # at least a hundred: in a small company a word that two customers share is not yet common
    most = log(max(len(customers), 100) + 1)
    return {word: max(0.1, 1 - log(count) / most) for word, count in counts.items()}


def pairs(customers: Sequence[Known]) -> Iterator[tuple[int, int]]:
    """Yield each pair to compare once, as positions."""
    seen: set[int] = set()
    size = len(customers)
    for block in _blocks(customers):
        for a, b in combinations(block, 2):
            key = a * size + b if a < b else b * size + a
            if a != b and key not in seen:
                seen.add(key)
                yield (a, b) if a < b else (b, a)


def _blocks(customers: Sequence[Known]) -> Iterator[Iterable[int]]:
    keyed: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, one in enumerate(customers):
        if one.compact:
            keyed["name", one.compact].append(position)
        for kind, values in (("e", one.emails), ("p", one.phones), ("d", one.domains)):
            for value in values:
                keyed[kind, value].append(position)
        for word in {word[:7] for word in one.words if len(word) > 2}:
            keyed["w", word].append(position)
        for first, second in combinations(sorted({word[:5] for word in one.words})[:5], 2):
            keyed["2", f"{first} {second}"].append(position)
    for (kind, _), block in keyed.items():
        if 1 < len(block) <= LARGEST:
            yield block
        elif len(block) > LARGEST and kind in ("name", "e", "p"):
            yield from pairwise(block)  # a chain: each with its next
    named = [position for position, one in enumerate(customers) if one.compact]
    for backwards in (1, -1):
        order = sorted(named, key=lambda at: customers[at].compact[::backwards])
        for distance in range(1, WINDOW + 1):
            yield from zip(order, order[distance:], strict=False)
