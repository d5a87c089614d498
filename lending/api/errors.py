"""Errors of the service's own, and the status that every foreseen error is answered with."""

from fastapi import status

from data_catalog.errors import GepError, UnknownNameError
from data_catalog.text import Text
from lending.registry.errors import (
    AgainstRecord,
    ChainBroken,
    ConflictsFound,
    ImpossibleTransition,
    NotAllowed,
    RegistryBusy,
    RegistryDown,
)

__all__ = [
    "BadRequest", "KeySpent", "KeyTaken", "Late", "NoToken", "NotJson", "TooMany", "status_of",
]  # fmt: skip


class ApiError(GepError):
    """The service cannot answer as asked."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class BadRequest(ApiError):  # noqa: N818
    """The request is not JSON as the standard has it, or its parts cannot be read."""


class NoToken(ApiError):  # noqa: N818
    """The request has no valid token."""

    template = Text(
        "请在 Authorization 头中给出有效的令牌（Bearer …）。令牌由 gep pledge token 签发。",
        "Give a valid token in the Authorization header (Bearer ...). Tokens are issued with "
        "`gep pledge token`.",
    )


class NotJson(ApiError):  # noqa: N818
    """The body is said to be of another type than JSON, or of none."""

    template = Text(
        "请求正文应为 application/json，Content-Type 却是“{given}”。",
        "the body must be application/json; the Content-Type is {given!r}.",
    )


class TooMany(ApiError):  # noqa: N818
    """The caller asks too often; the fact `seconds` says when to come again."""

    template = Text(
        "请求过于频繁。请在 {seconds} 秒后重试。", "too many requests. Try again in {seconds} s."
    )


class Late(ApiError):  # noqa: N818
    """The request did not arrive in time."""

    template = Text(
        "请求在 {seconds} 秒内没有传完。", "the request did not arrive within {seconds} s."
    )


class KeyTaken(ApiError):  # noqa: N818
    """An idempotency key was used before, for another request."""

    template = Text(
        "幂等键“{key}”已用于另一请求。每个新请求请用新的键。",
        "the idempotency key {key!r} was used for another request. Take a new key for each.",
    )


class KeySpent(ApiError):  # noqa: N818
    """What the key stands for was done, and its answer is not (or not yet) kept."""

    template = Text(
        "幂等键“{key}”的请求已经办理，但其答复尚未保存。请直接查看相应记录。",
        "the request with the idempotency key {key!r} was carried out and its answer is not kept "
        "(yet). Read the record itself.",
    )


STATUS: dict[type[GepError], int] = {
    BadRequest: status.HTTP_400_BAD_REQUEST,
    NoToken: status.HTTP_401_UNAUTHORIZED,
    NotAllowed: status.HTTP_403_FORBIDDEN,
    UnknownNameError: status.HTTP_404_NOT_FOUND,
    Late: status.HTTP_408_REQUEST_TIMEOUT,
    AgainstRecord: status.HTTP_409_CONFLICT,
    ConflictsFound: status.HTTP_409_CONFLICT,
    ImpossibleTransition: status.HTTP_409_CONFLICT,
    ChainBroken: status.HTTP_409_CONFLICT,
    KeySpent: status.HTTP_409_CONFLICT,
    NotJson: status.HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    GepError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    TooMany: status.HTTP_429_TOO_MANY_REQUESTS,
    RegistryBusy: status.HTTP_503_SERVICE_UNAVAILABLE,
    RegistryDown: status.HTTP_503_SERVICE_UNAVAILABLE,
}
"""By the nearest class."""


def status_of(error: GepError) -> int:
    """Return the status that an error is answered with."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
