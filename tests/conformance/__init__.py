"""Every KPI on every engine: the same answer, or marked here with the reason."""
