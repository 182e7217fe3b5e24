"""What people decide, remembered."""
