"""What people write beside the numbers: annotations, goals, saved views."""
