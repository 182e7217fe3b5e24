"""Chatwoot: conversations, what was said in them, and how well customers were served."""
