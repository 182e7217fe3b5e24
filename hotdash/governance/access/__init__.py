"""Who may come in: passwords, one-time links, sessions, throttling."""
