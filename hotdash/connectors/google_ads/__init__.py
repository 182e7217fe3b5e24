"""The Google Ads API: what each campaign cost and is said to have sold, day by day."""
