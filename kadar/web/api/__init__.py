"""The REST API under `/api/v1`: one endpoint, one file, found by its place in this package."""
