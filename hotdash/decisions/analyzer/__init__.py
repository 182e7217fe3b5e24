"""What a log of attempts says: how much failed, whether trying again helped, and when a service refused."""
