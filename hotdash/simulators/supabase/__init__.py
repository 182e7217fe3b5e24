"""A Supabase project's Data API: PostgREST behind a gateway, with its keys, limits and ways to fail."""
