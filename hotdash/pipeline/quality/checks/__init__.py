"""Checks that need more than the warehouse's tables; one file each."""
