"""The Google Ads API, simulated: streamed arrays, wrapped errors, a quota of operations."""
