"""The errors of this folder; those that answer a request know their HTTP status and OpenAI's names for them.

Errors:
    ServiceError                 anything this folder refuses
    ├── ConfigError              a setting that is unknown or cannot be used
    ├── LoadError                a base, a specialist or a probe that cannot be loaded
    ├── DataError                a line of a user's data that cannot be used; its number is in the message
    ├── StoppedError             a training that cannot start or go on; what was stored before is still good
    │   └── DiskFullError        no room to write the next checkpoint or specialist
    └── RequestError             a request that is answered with OpenAI's error body
        ├── InvalidRequestError  400, the client must change the request
        │   ├── SchemaRefusedError   400, a schema keyword that cannot be enforced
        │   └── PromptTooLongError   400, more tokens than the base can read
        ├── UnknownModelError    404, no model has that name
        ├── QueueFullError       429, later it may work
        ├── NotReadyError        503, the base is still being loaded
        ├── MissingPackageError  501, divisi was installed without what the request needs
        └── RowFailedError       500, a row that could not be played to its end
"""

from typing import Any


class ServiceError(Exception):
    """Anything this folder refuses."""


class ConfigError(ServiceError):
    """A setting that is unknown or cannot be used."""


class LoadError(ServiceError):
    """A base, a specialist or a probe that cannot be loaded."""


class DataError(ServiceError):
    """A line of a user's data that cannot be used."""


class StoppedError(ServiceError):
    """A training that cannot start or go on; what was stored before is still good."""


class DiskFullError(StoppedError):
    """No room to write the next checkpoint or specialist."""


class RequestError(ServiceError):
    """A request that is answered with OpenAI's error body.

    Attributes:
        message: what was given, what was expected, what to do.
        param: the part of the request that is at fault ("messages[0].content"), or None.
        status, kind, code: the HTTP status, OpenAI's error type, OpenAI's error code or None.
        retry_after_s: when to try again, or None.
    """

    status = 500
    kind = "server_error"
    code: str | None = None
    retry_after_s: int | None = None

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidRequestError(RequestError):
    """The client must change the request."""

    status = 400
    kind = "invalid_request_error"


class SchemaRefusedError(InvalidRequestError):
    """A schema keyword that cannot be enforced."""

    code = "unsupported_schema"


class PromptTooLongError(InvalidRequestError):
    """More tokens than the base can read."""

    code = "context_length_exceeded"


class UnknownModelError(RequestError):
    """No model has that name."""

    status = 404
    kind = "invalid_request_error"
    code = "model_not_found"


class QueueFullError(RequestError):
    """Too many requests are being answered; later it may work."""

    status = 429
    kind = "rate_limit_error"
    code = "queue_full"
    retry_after_s = 1


class NotReadyError(RequestError):
    """The base is still being loaded."""

    status = 503
    kind = "server_error"
    code = "not_ready"
    retry_after_s = 1


class MissingPackageError(RequestError):
    """Divisi was installed without what the request needs."""

    status = 501
    code = "missing_package"


class RowFailedError(RequestError):
    """A row that could not be played to its end; the request is not at fault."""

    code = "row_failed"


def error_body(message: str, kind: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """OpenAI's error body."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def body_of(error: RequestError) -> dict[str, Any]:
    """OpenAI's error body of an error."""
    return error_body(error.message, error.kind, param=error.param, code=error.code)
