"""The dashboard: pages, their panels, and the REST API under `/api/v1`."""
