"""Winning customers."""
