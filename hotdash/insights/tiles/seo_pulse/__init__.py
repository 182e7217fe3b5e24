"""SEO Pulse: clicks from search, and pages that lose visitors."""
