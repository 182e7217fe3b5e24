"""Backups: what an installation must never lose, in sealed chunks, proven before anything is restored."""
