"""What recommendations and facts are made of, read from what is published and from how sources stand."""
