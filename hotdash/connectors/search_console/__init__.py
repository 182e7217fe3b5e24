"""Google Search Console: what people searched for and which page they found, by Pacific days."""
