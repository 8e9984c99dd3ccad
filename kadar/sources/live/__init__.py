"""Live systems: what every connector shares. `Live` is what an entry point of `kadar.sources` is."""
