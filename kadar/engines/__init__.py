"""Where SQL runs: one engine, one file, found by the entry points `kadar.engines`."""
