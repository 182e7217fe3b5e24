"""Chatwoot simulated: its REST API and signed webhooks, from the world's support desks."""
