"""Decisions and facts copied to a Supabase project: each arrives once, and every attempt is on record."""
