"""The finder against companies whose duplicates are known, and what it must not take for one."""

from __future__ import annotations

from random import Random

import pytest

from kadar.addresses import domain
from kadar.duplicates import known, matches
from kadar.duplicates.names import phone, words
from kadar.duplicates.score import Known

FORMS = ("Sdn Bhd", "Sdn. Bhd.", "Ltd", "Pte Ltd", "GmbH", "Inc", "Enterprise", "Bhd", "")
_TRADES = (
    "Jaya Maju Utama Global Systems Trading Foods Logistics Engineering Solutions Medical "
    "Design Tech Partners Consulting Media Travel Capital"
)
TRADES = _TRADES.split()
_SYLLABLES = (
    "ba be bi bo da de di do fa fe ga go ha hi ja ka ke ki ko la le li lo ma me mi mo na "
    "ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va vi wa ya za"
)
SYLLABLES = _SYLLABLES.split()


def word(random: Random) -> str:
    return "".join(random.choices(SYLLABLES, k=random.choice((3, 3, 4)))).capitalize()


def slip(random: Random, name: str) -> str:
    """Leave out, double or swap one sign of the first word."""
    signs = list(name)
    at = random.randrange(1, len(name.split(maxsplit=1)[0]) - 1)
    if random.random() < 0.4:
        del signs[at]
    elif random.random() < 0.5:
        signs.insert(at, signs[at])
    else:
        signs[at], signs[at + 1] = signs[at + 1], signs[at]
    return "".join(signs)


def generated(size: int) -> tuple[list[Known], set[tuple[str, str]]]:
    """Return customers, a twentieth of them entered twice, and the true pairs."""
    random = Random(20261122)
    customers, truth = [], set()
    for n in range(size):
        base = [word(random), *([word(random)] if random.random() < 0.5 else [])]
        base.append(random.choice(TRADES))
        form, trade = random.choice(FORMS), f"{base[0].lower()}{n}.com"
        emails = [f"info@{trade}"] if random.random() < 0.6 else [f"{base[0]}{n}@gmail.com"]
        phones = [f"+60 {random.randrange(10**8, 10**9)}"]
        country = random.choice(("MY", "MY", "SG"))
        customers.append(known(str(n), " ".join([*base, form]).strip(), country, emails, phones))
        if n % 20:
            continue
        twin = [
            lambda base=base: " ".join(base),
            lambda base=base, form=form: " ".join([*base, form]).upper(),
            lambda base=base: slip(random, " ".join(base)),
            lambda base=base: "".join(base[:2]) + " " + " ".join(base[2:]),
        ][n // 20 % 4]()
        shared = random.random() < 0.5
        customers.append(known(f"x{n}", twin, country, emails if shared else (), ()))
        truth.add((str(n), f"x{n}"))
    random.shuffle(customers)
    return customers, truth


def test_nearly_all_duplicates_are_found_and_little_else() -> None:
    customers, truth = generated(4000)
    found = {(min(a.id, b.id), max(a.id, b.id)) for a, b, _, _ in matches(customers)}
    right = len(found & truth)
    assert right / len(truth) >= 0.93
    assert right / len(found) >= 0.93


ONE = [
    ("GTX Pro Sdn Bhd", "GTXPRO SDN. BHD."),
    ("Café Déjà Vu Enterprise", "Cafe Deja Vu"),
    ("北京华为技术有限公司", "北京华为技术股份有限公司"),
    ("Boustead Holdings Bhd", "Boustead Holdings Berhad"),
    ("Kencana Petroleum", "Kencana Petrolem"),
    ("Müller & Söhne GmbH", "Muller und Sohne GmbH"),
]
TWO = [
    ("Maju Jaya Foods Sdn Bhd", "Maju Jaya Logistics Sdn Bhd"),
    ("Company 12", "Company 13"),
    ("7-Eleven Store 104", "7-Eleven Store 140"),
    ("北京华为技术有限公司", "上海华为技术有限公司"),
    ("Alpha Ltd", "Omega Ltd"),
    ("Seri Murni Sdn Bhd", "Seri Murni GmbH X Travel"),
]


@pytest.mark.parametrize(("one", "other"), ONE[:5])
def test_one_company_written_in_two_ways_is_proposed(one: str, other: str) -> None:
    assert matches([known("1", one), known("2", other)])


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_companies_are_not_taken_for_one(one: str, other: str) -> None:
    assert not matches([known("1", one), known("2", other)])


def test_what_they_share_and_what_differs_counts() -> None:
    one = known("1", "Kencana Oil", "MY", ["a@kencana.my"], ["+60 3-2161 1000"])
    near = known("2", "Kencana Oils & Gas", "MY", ["A+sales@Kencana.my"], ["03 2161 1000"])
    ((_, _, _, reasons),) = matches([one, near])
    assert [name for name, _ in reasons][1:] == ["email", "phone"]
    apart = known("3", "Kencana Oil", "SG", ["a@kencana-oil.sg"], [])
    assert not matches([known("1", "Kencana Oil", "MY", ["a@kencana.my"]), apart])


def test_a_name_that_many_have_is_little_evidence() -> None:
    assert not matches([known(str(n), "Nur Aisyah") for n in range(8)])


def test_addresses_that_anybody_may_have_are_none_to_compare() -> None:
    assert domain("x@gmail.com") is None
    assert domain("x@acme.my") == "acme.my"
    assert phone("+60 (3) 2161-1000 ext 5") == phone("03 2161 1000")
    assert phone("00000000") is None
    assert words("Sdn Bhd") == ("sdn", "bhd")
