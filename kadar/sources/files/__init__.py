"""Files as a source: text, Excel, Parquet and JSON, as people export them."""

from __future__ import annotations

from kadar.sources.files.files import Files

__all__ = ["Files"]
