"""Where a number comes from and what rests on a column: one graph for CI, pages, commands and drift."""
