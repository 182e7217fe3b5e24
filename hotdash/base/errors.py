"""One error class for everything a person can mend: what happened, to which value, and the mend."""

from collections.abc import Iterator


class HotdashError(Exception):
    """Carries its facts; doors turn it into an exit code, a page or a JSON body."""

    code = "error"
    http_status = 400

    def __init__(self, message: str, *, hint: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """Itself first. Libraries wrap what the system told them, often several times, and some in a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


class SettingsError(HotdashError):
    code = "invalid_setting"


class NotFoundError(HotdashError):
    code = "not_found"
    http_status = 404


class ForbiddenError(HotdashError):
    code = "forbidden"
    http_status = 403


class ConflictError(HotdashError):
    code = "conflict"
    http_status = 409


class UnavailableError(HotdashError):
    """Something outside this process (a database, a vendor, a disk) does not do its part."""

    code = "unavailable"
    http_status = 503
