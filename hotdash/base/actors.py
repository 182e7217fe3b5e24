"""How records name who did something: by a pseudonym, which only the table of users turns into a person."""

from uuid import UUID


def actor_of(user_id: UUID) -> str:
    return f"user:{user_id}"
