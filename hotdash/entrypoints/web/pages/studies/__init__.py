"""The studies: what each found in what is published, drawn, as a table, and with the query behind it."""
