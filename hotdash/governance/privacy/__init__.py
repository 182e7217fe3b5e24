"""Personal data: who may see it, and the record of everybody who did."""
