"""What was foretold of a shop, as documents and in sentences; nothing is computed here."""
