"""Showing answers to people: numbers and periods in their language, calm and dense tables."""
