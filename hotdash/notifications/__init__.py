"""Message, rules, policy and channel apart."""
