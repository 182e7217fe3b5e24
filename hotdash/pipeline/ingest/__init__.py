"""From a vendor to the raw tables."""
