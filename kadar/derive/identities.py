"""Customers of several sources that are one, by what kadar.toml declares: `crm.identities`.

Keys that are declared come first, then e-mail addresses and domains of contacts, exact after
normalisation. Nothing is decided where more than one customer could be meant: those pairs stay
apart, are kept as not joined, and are proposed to people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kadar.addresses import address, domain
from kadar.derive.chains import Chains
from kadar.derive.derivation import Derivation, literal
from kadar.identity import DOMAIN, EMAIL, Identity, columns

MOST = 10  # customers of either side that a value is proposed for: more, and it says nothing

Found = Mapping[str, set[str]]  # by customer: what it is known by


@dataclass
class Identities:
    """The identities of one derivation, joined one after another into its chains."""

    work: Derivation
    chains: Chains
    apart: Iterable[tuple[str, str]] = ()  # pairs that people said are two
    made: list[tuple[str, str, str, bool]] = field(default_factory=list)  # who, as whom, by what
    _emails: dict[str, set[str]] | None = None

    def build(self) -> None:
        """Join what the project declares, and make `crm.identities`."""
        for said in self.work.identities:
            self._join(said)
        self.work.run(
            f"CREATE TABLE {self.work.crm('identities')} (customer_id VARCHAR NOT NULL, "
            "same_as VARCHAR NOT NULL, known_by VARCHAR NOT NULL, joined BOOLEAN NOT NULL)"
        )
        if self.made:
            rows = sorted(set(self.made))
            self.work.run(
                f"INSERT INTO {self.work.crm('identities')} SELECT unnest($1::VARCHAR[]), "
                "unnest($2::VARCHAR[]), unnest($3::VARCHAR[]), unnest($4::BOOLEAN[])",
                [list(column) for column in zip(*rows, strict=True)],
            )

    def _join(self, said: Identity) -> None:
        theirs = self._customers(said.among)
        mine = self._customers(said.source) - theirs
        for way in said.by:
            known = {self.chains.end(customer) for customer in theirs}
            open_ = {c for c in mine if self.chains.end(c) not in known}
            here, there = self._known_by(way, said, open_, theirs)
            self._by(way, here, there)

    def _by(self, way: str, here: Found, there: Found) -> None:
        """Join whom one way of knowing finds, all of them seen as they stood before it."""
        mine, theirs = self._ends(here), self._ends(there)
        apart = [{self.chains.end(one), self.chains.end(other)} for one, other in self.apart]
        candidates: dict[str, set[str]] = defaultdict(set)
        doubtful: set[tuple[str, str]] = set()
        for value, ours in mine.items():
            others = theirs.get(value, set())
            pairs = {(one, other) for one in ours for other in others}
            pairs = {pair for pair in pairs if set(pair) not in apart}
            # a domain is a company's only if one customer of each side has it
            if len(others) == 1 and (way != DOMAIN or len(ours) == 1):
                for one, other in pairs:
                    candidates[one].add(other)
            elif others and max(len(ours), len(others)) <= MOST:
                doubtful |= pairs
        for one, others in sorted(candidates.items()):
            if len(others) == 1:
                (other,) = others
                self.made.append((one, other, way, True))
                self.chains.join(one, other)
            else:
                doubtful |= {(one, other) for other in others}
        self.made += [
            (one, other, way, False) for one, other in doubtful if len(candidates.get(one, ())) != 1
        ]

    def _ends(self, found: Found) -> dict[str, set[str]]:
        """Return the ends of the chains by what their customers are known by."""
        made: dict[str, set[str]] = defaultdict(set)
        for customer, values in found.items():
            end = self.chains.end(customer)
            for value in values:
                made[value].add(end)
        return made

    def _customers(self, source: str) -> set[str]:
        """Return the customers that a source lists, or has contacts of."""
        work, of = self.work, f"WHERE source = {literal(source)} AND customer_id IS NOT NULL"
        rows = work.rows(
            f"SELECT customer_id FROM {work.model('customers')} {of} "
            f"UNION SELECT customer_id FROM {work.model('contacts')} {of}"
        )
        return {customer for (customer,) in rows}

    def _known_by(
        self, way: str, said: Identity, mine: set[str], theirs: set[str]
    ) -> tuple[Found, Found]:
        if way in (EMAIL, DOMAIN):
            known = self._addresses(domains=way == DOMAIN)
            return _only(known, mine), _only(known, theirs)
        pair = columns(way)
        if pair is None:
            raise ValueError(way)
        return (
            _only(self._column(said.source, pair[0]), mine),
            _only(self._column(said.among, pair[1]), theirs),
        )

    def _column(self, source: str, column: str) -> Found:
        rows = self.work.rows(
            f"SELECT customer_id, trim({column}) FROM {self.work.model('customers')} "
            f"WHERE source = {literal(source)} AND trim({column}) <> ''"
        )
        return {customer: {value} for customer, value in rows}

    def _addresses(self, *, domains: bool) -> Found:
        """Return the addresses of each customer's contacts, or their domains."""
        if self._emails is None:
            self._emails = defaultdict(set)
            rows = self.work.rows(
                f"SELECT customer_id, email FROM {self.work.model('contacts')} "
                "WHERE customer_id IS NOT NULL AND email IS NOT NULL"
            )
            for customer, email in rows:
                if found := address(email):
                    self._emails[customer].add(found)
        if not domains:
            return self._emails
        return {
            customer: {d for d in map(domain, emails) if d}
            for customer, emails in self._emails.items()
        }


def _only(found: Found, customers: set[str]) -> Found:
    return {customer: values for customer, values in found.items() if customer in customers}
