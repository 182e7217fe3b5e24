"""How long before an order would come too late stock is warned of: what plans reckon and proposals say."""

NOTICE_DAYS = 14
"""Before the last day on which an order would still come in time."""
NOTICE_IN_WORDS = "two weeks"
