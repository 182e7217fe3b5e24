"""Files for elsewhere: exactly the days on screen."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
