"""The store of a project: one writer, any number of readers, nothing ever lost."""

from kadar.store.load import LoadReport
from kadar.store.store import Store
from kadar.store.writer import Writer

__all__ = ["LoadReport", "Store", "Writer"]
