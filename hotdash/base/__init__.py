"""What every floor stands on and nothing above is known to: settings, errors, clock, money, http, logging."""
