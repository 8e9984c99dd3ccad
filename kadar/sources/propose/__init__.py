"""Proposals: which table a file holds and how its columns map, from headers and values."""

from kadar.sources.propose.proposal import ORDERS, Proposal, dated, propose
from kadar.sources.propose.write import add_sources

__all__ = ["ORDERS", "Proposal", "add_sources", "dated", "propose"]
