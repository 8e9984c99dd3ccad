"""Live systems: what all connectors share. An entry point of `kadar.sources` names a `Live`."""

from kadar.sources.live.live import Live

__all__ = ["Live"]
