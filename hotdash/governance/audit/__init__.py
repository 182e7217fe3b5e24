"""The audit log proven: its chain, and where its ends were written down elsewhere."""
