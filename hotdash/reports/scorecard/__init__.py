"""What Hotdash promises, measured on this installation; what nobody measured yet says so."""
