"""The click collector: what shops' pages write to, without a session and without a cookie."""
