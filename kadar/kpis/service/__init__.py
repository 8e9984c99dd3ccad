"""Serving customers."""
