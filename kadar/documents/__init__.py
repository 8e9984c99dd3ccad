"""Answers as documents for programs and assistants: each number with what it means and rests on.

A document is a dataclass; the REST API and the assistant's tools give the same ones, and their
schemas are made from it.
"""
