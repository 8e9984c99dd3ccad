"""The measure algebra: facts, measures and formulas, and their way to SQL."""
