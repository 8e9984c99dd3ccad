"""How probable it is that two customers are one: a score of 0 to 100, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.language import N_

SAME, ALIKE = 100.0, 62.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a customer for comparing."""

    id: str
    name: str
    words: tuple[str, ...]
    compact: str
    country: str | None
    emails: frozenset[str]
    domains: frozenset[str]
    phones: frozenset[str]
    laws: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()


REASONS = {
    "same_name": N_("the same name but for the company form, spacing or case"),
    "alike": N_("names {share} % alike"),
    "email": N_("the same e-mail address"),
    "phone": N_("the same telephone number"),
    "domain": N_("the same e-mail domain"),
    "country": N_("but the countries differ"),
    "domains": N_("but the e-mail domains differ"),
    "laws": N_("but the company forms are of different countries"),
    "common": N_("but the name is common"),
}


def name_alike(one: Known, other: Known, weight: dict[str, float]) -> float:
    """Return how alike two names are, 0 to 100.

    Each word of the one is held against its nearest of the other; words that many customers
    have weigh little, so `Maju Jaya Foods` and `Maju Jaya Logistics` are not alike. A number in
    a name must be the same: branch 12 is not branch 13.
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import DamerauLevenshtein

    if one.compact == other.compact:
        return SAME
    whole = fuzz.ratio(one.compact, other.compact)
    if whole < ALIKE and not set(one.words) & set(other.words):
        return whole
    if one.numbers != other.numbers:
        return min(whole, ALIKE)
    if len(one.words) == len(other.words) == 1:
        slips = DamerauLevenshtein.distance(one.compact, other.compact)
        longest = max(len(one.compact), len(other.compact))
        return 100.0 * (1 - slips / longest) if longest >= 6 and slips <= 2 else min(whole, ALIKE)
    there = list(other.words)
    shared = total = 0.0
    for word in one.words:
        best, at = 0.0, -1
        for position, candidate in enumerate(there):
            likeness = SAME if word == candidate else _word_alike(word, candidate)
            if likeness > best:
                best, at = likeness, position
        heavy = weight.get(word, 1.0)
        if at >= 0 and best >= 75:
            heavy = max(heavy, weight.get(there[at], 1.0)) if best < SAME else heavy
            there.pop(at)
            shared += heavy * best
        total += heavy
    total += sum(weight.get(word, 1.0) for word in there)
    by_words = shared / total if total else 0.0
    # a word cut in two or two written as one: the whole tells, if only spaces or slips differ
    slips = DamerauLevenshtein.distance(one.compact, other.compact, score_cutoff=2)
    if (
        len(one.words) != len(other.words)
        and slips <= 1
        and min(len(one.compact), len(other.compact)) >= 7
    ):
        return max(by_words, whole)
    return by_words


def _word_alike(one: str, other: str) -> float:
    """Likeness of two different words: slips of the pen, or one cut short with the same start."""
    from rapidfuzz.distance import DamerauLevenshtein

    longest = max(len(one), len(other))
    if min(len(one), len(other)) < 4 or one.isdigit() or other.isdigit():
        return 0.0
    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    if slips > (1 if longest < 7 else 2):
        return 0.0
    return 100.0 * (1 - slips / (longest * 1.5))


def digits(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the numbers within the words of a name, sorted."""
    found = ("".join(filter(str.isdigit, part)) for part in parts)
    return tuple(sorted(number for number in found if number))


def score(
    one: Known, other: Known, weight: dict[str, float], namesakes: int = 0
) -> tuple[float, list[tuple[str, int]]]:
    """Return the score of a pair and its reasons, each with the number it fills in.

    `namesakes` is how many other customers have the name: then it is little evidence.
    """
    alike = name_alike(one, other, weight)
    value = alike
    reasons = [("same_name", 100)] if alike >= SAME else [("alike", int(alike))]
    evidence = 0
    for what, gain in (("emails", 30.0), ("phones", 22.0), ("domains", 16.0)):
        if what == "domains" and evidence:
            continue
        if getattr(one, what) & getattr(other, what):
            evidence += 1
            value += gain
            reasons.append((what.removesuffix("s"), 0))
    if evidence:  # then a name that only begins alike will do
        from rapidfuzz import fuzz

        whole = 0.8 * fuzz.ratio(one.compact, other.compact)
        value += max(whole - alike, 0.0)
        alike = max(alike, whole)
    if one.country and other.country and one.country != other.country:
        value -= 14
        reasons.append(("country", 0))
    if one.domains and other.domains and not one.domains & other.domains:
        value -= 12
        reasons.append(("domains", 0))
    if one.laws and other.laws and not one.laws & other.laws:
        value -= 12
        reasons.append(("laws", 0))
    if namesakes > 3 and not evidence:
        value -= 30
        reasons.append(("common", 0))
    if alike < ALIKE - 12:  # whatever they share: two customers of one agency, or of one building
        value = min(value, 70.0)
    return max(0.0, min(100.0, value)), reasons
