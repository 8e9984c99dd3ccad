"""Charts: one mark, one file, each rows in and an Altair chart out."""
