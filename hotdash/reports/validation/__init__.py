"""Everything a merchant would ask on the first day, answered from what was checked, and signed."""
