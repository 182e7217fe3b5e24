"""One module per tile; all answer in the one shape of contract.py."""
