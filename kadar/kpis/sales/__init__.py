"""Selling."""
