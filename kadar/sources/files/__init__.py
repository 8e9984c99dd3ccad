"""Files as a source: text, Excel, Parquet and JSON, as people export them."""
