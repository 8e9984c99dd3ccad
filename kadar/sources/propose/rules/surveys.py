"""Surveys: which question was asked, on which scale."""

from __future__ import annotations

import re

from kadar.sources.files.header import bare
from kadar.sources.propose.choices import recognised
from kadar.sources.propose.draft import Draft, shown
from kadar.sources.propose.names import key
from kadar.sources.propose.profile import Field
from kadar.store.sql import literal, quoted

KINDS = ("nps", "csat", "ces")
LIKERT = {
    # five steps of satisfaction in words
    1: [
        "Very dissatisfied",
        "Very unsatisfied",
        "很不满意",
        "非常不满意",
        "Sangat tidak puas hati",
    ],
    2: ["Dissatisfied", "Unsatisfied", "不满意", "Tidak puas hati"],
    3: ["Neutral", "Neither satisfied nor dissatisfied", "一般", "Sederhana", "Biasa"],
    4: ["Satisfied", "满意", "Puas hati", "Puas"],
    5: ["Very satisfied", "很满意", "非常满意", "Sangat puas hati", "Sangat puas"],
}
STEPS = {key(word): step for step, words in LIKERT.items() for word in words}
ASKED = (
    # the question, what its header has in it, its highest answer
    (
        "nps",
        re.compile(r"0\s*(?:-|–|to|hingga|sampai|到|至)\s*10|recommend|推荐|syorkan|rekomend"),
        10,
    ),
    ("csat", re.compile(r"satisf|满意|puas hati|kepuasan"), 10),
    ("ces", re.compile(r"effort|how easy|费力|betapa mudah"), 10),
)


def refine(draft: Draft) -> None:
    """Find the score and say which question it answers; more scores become more sources."""
    if "kind" in draft.columns and "score" in draft.columns:
        if recognised(draft, "kind", draft.fields["kind"]):
            return
        draft.drop("kind")
    asked = [(kind, draft.fields[kind]) for kind in KINDS if kind in draft.fields]
    asked = [(kind, found) for kind, found in asked if _answers(found)]
    if not asked and "score" in draft.fields:
        asked = _by_values(draft, draft.fields["score"])
    if not asked:
        draft.drop("score")
        return
    draft.drop("score")
    for position, (kind, found) in enumerate(asked):
        target = draft if position == 0 else _another(draft)
        _answer(target, kind, found)
        if position:
            draft.also.append(target)


def _another(draft: Draft) -> Draft:
    made = draft.sibling(draft.sheet)
    for column in draft.sheet.table.column_names:
        if column in draft.columns and column not in {"score", "kind", "scale_min", "scale_max"}:
            made.columns[column] = draft.columns[column]
            if column in draft.fields:
                made.fields[column] = draft.fields[column]
    return made


def _answers(found: Field) -> bool:
    """Tell whether the values are scores, or steps of satisfaction in words."""
    if found.whole:
        return min(found.numbers) >= -1 and max(found.numbers) <= 100
    return bool(found.counts) and all(key(raw) in STEPS for raw in found.counts)


def _answer(draft: Draft, kind: str, found: Field) -> None:
    draft.expression("kind", literal(kind))
    draft.map("score", found)
    if found.whole:
        scale(draft, found, kind)
        return
    words = " ".join(f"when {literal(raw)} then {STEPS[key(raw)]}" for raw in found.counts)
    draft.expression("score", f"case {quoted(found.header)} {words} end")


def scale(draft: Draft, found: Field, kind: str) -> None:
    """Say which scale the score has where it is not the usual one of its kind."""
    low, high = found.range
    usual = 10 if kind == "nps" else 5
    if high <= usual:
        if kind != "nps" and low < 1:
            draft.expression("scale_min", "0")
        return
    top = next((step for step in (7, 10, 100) if high <= step), 100)
    draft.expression("scale_max", str(top))
    if kind != "nps" and low < 1:
        draft.expression("scale_min", "0")
    draft.notes.append(f"scale_max: the highest answer of {shown([found.header])} is {high:g}")


def detect(draft: Draft) -> None:
    """Find headers that are whole questions; of several of a kind the first one asked stands."""
    for kind, pattern, top in ASKED:
        if kind in draft.fields:
            continue
        fits = [
            found
            for found in draft.all_fields
            if pattern.search(bare(found.header))
            and found.whole
            and 0 <= found.range[0] <= found.range[1] <= top
        ]
        if not fits:
            continue
        draft.fields[kind] = fits[0]
        draft.score += 1.5
        if len(fits) > 1:
            draft.questions.append(
                f"score ({kind}): {shown([fits[0].header])} is taken; "
                f"{shown([found.header for found in fits[1:]])} would fit as well"
            )


def _by_values(draft: Draft, found: Field) -> list[tuple[str, Field]]:
    """A bare "Score": the file's name says which, else the answers themselves."""
    named = [kind for kind in KINDS if kind in draft.words]
    if not _answers(found):
        return []
    if named:
        return [(named[0], found)]
    if not found.whole:
        return [("csat", found)]
    low, high = found.range
    if 5 < high <= 10:
        sure = low == 0
        if not sure:
            draft.questions.append(
                f"kind: {shown([found.header])} runs from {low:g} to "
                f"{high:g}; it is taken as NPS (0 to 10)"
            )
        return [("nps", found)]
    if min(found.numbers) > 0 and max(found.numbers) <= 5:
        return [("csat", found)]
    return []
