"""Anticipated refusals. Anything else that is raised is a bug: let it rise, log it once."""


class Problem(Exception):
    """A refusal that we foresaw.

    message   for a person: what is wrong, with the names at hand, then the way out
    field     the field of a form or body that it is about, if there is one
    code      stable; programs and tests rely on it
    status    what the web and the API answer with
    """

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(Problem):
    """The thing is in another state than the command supposes."""


class NotAllowed(Problem):
    """The thing may be seen, but this may not be done to it."""

    status, code = 403, "not_allowed"


class NotFound(Problem):
    """The thing does not exist, or may not be seen: both say the same."""

    status, code = 404, "not_found"


class Invalid(Problem):
    """Something that was entered can't be accepted as it is."""

    status, code = 422, "invalid"


class TooMany(Problem):
    """A limit is reached; it opens again in `retry_after` seconds."""

    status, code = 429, "too_many"

    def __init__(self, message: str, *, retry_after: int, field: str | None = None):
        super().__init__(message, field=field)
        self.retry_after = retry_after
