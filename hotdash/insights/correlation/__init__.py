"""Whether two series of days move together beyond what each does by itself, and which comes first."""
