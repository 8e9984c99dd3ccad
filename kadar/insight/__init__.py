"""What stands behind a number: one question, one file."""
