"""What is worth deciding now: proposed by rules, ranked by money and urgency, asked once."""
