"""The KPIs: one file each, in rooms by what they are about."""
