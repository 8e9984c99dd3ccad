"""Zoho: a stand-in of its CRM and Desk, and what the connector makes of it."""
