"""Chosen days of chosen shops computed anew beside what is served, judged, and shown only then."""
