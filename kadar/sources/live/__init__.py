"""Live systems: what all connectors share. An entry point of `kadar.sources` names a `Live`."""
