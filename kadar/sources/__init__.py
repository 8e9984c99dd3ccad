"""Where records come from: one kind of source, one folder, found by its entry point."""
