"""A request from the door to the desk: token, rate, role, body, key; then the endpoint."""

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic import Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from data_catalog.text import Text
from lending.api.endpoints import Endpoint, allowed, endpoints
from lending.api.errors import BadRequest, Late, NotJson, NoToken, TooMany
from lending.api.idempotency import SUCCESS, Answer, Keyed, keep, kept, with_key
from lending.api.limits import Buckets, Limits
from lending.api.strict_json import read_json
from lending.policy import Policy
from lending.registry.errors import NotAllowed
from lending.registry.opening import Registry
from lending.registry.tables import User
from lending.registry.users import user_of_token

__all__ = ["IDEMPOTENCY_KEY", "KEY_PATTERN", "At", "Desk", "Visit", "WatchedRoute"]

IDEMPOTENCY_KEY = "Idempotency-Key"
JSON = "application/json"
REPLAYED = "Idempotency-Replayed"
KEY_PATTERN = r"^[!-~]{1,100}$"
_KEY = TypeAdapter(Annotated[str, Field(pattern=KEY_PATTERN)])
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every request is answered with."""

    registry: Registry
    limits: Limits
    callers: Buckets
    strangers: Buckets
    policies: dict[str, Policy]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who asks, and where it is done."""

    user: User
    registry: Registry
    desk: Desk


async def _visit(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit


At = Annotated[Visit, Depends(_visit)]
"""The visit, in an endpoint's signature."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class WatchedRoute(APIRoute):
    """A route that lets nobody in without a token, at too high a rate, or in the wrong role."""

    def get_route_handler(self) -> Handler:
        """Return the handler behind the door."""
        inner = super().get_route_handler()
        endpoint = endpoints()[self.operation_id or ""]

        async def handle(request: Request) -> Response:
            if endpoint.public:
                return await inner(request)
            began = time.perf_counter()
            desk: Desk = request.app.state.desk
            user = await run_in_threadpool(_admitted, desk, request)
            allowed(user, endpoint)
            request.state.visit = Visit(user=user, registry=desk.registry, desk=desk)
            response = await _answered(request, endpoint, inner)
            took = time.perf_counter() - began
            _log.info("%s %s %s %d %.3f s", user.user_id, endpoint.method, endpoint.path,
                      response.status_code, took)  # fmt: skip
            return response

        return handle


def _admitted(desk: Desk, request: Request) -> User:
    """Return whose token the request has, if the caller still has a request left."""
    words = _token(request)
    try:
        user = user_of_token(desk.registry, words)
    except NotAllowed as error:
        _counted(desk.strangers, request.client.host if request.client else "")
        raise NoToken from error
    _counted(desk.callers, hashlib.sha256(words.encode()).hexdigest())
    return user


def _token(request: Request) -> str:
    """Return the bearer token; what is none is nobody's."""
    scheme, _, words = request.headers.get("authorization", "").partition(" ")
    return words if scheme.lower() == "bearer" else ""


def _counted(buckets: Buckets, caller: str) -> None:
    wait = buckets.wait(caller)
    if wait:
        raise TooMany(seconds=math.ceil(wait))


async def _answered(request: Request, endpoint: Endpoint, inner: Handler) -> Response:
    """Read the body and the key, and answer; or give the answer that was given before."""
    visit: Visit = request.state.visit
    body = await _body(request, visit.desk.limits)
    key = _key(request)
    if endpoint.method != "POST" or key is None:
        return await inner(request)
    keyed = Keyed.of(visit.user, key, endpoint.method.encode(), request.url.path.encode(), body)
    before = await run_in_threadpool(kept, visit.registry, keyed)
    if before is not None:
        return Response(before.body, before.status, {REPLAYED: "true"}, media_type=JSON)
    bound = with_key(visit.registry, keyed)
    request.state.visit = Visit(user=visit.user, registry=bound, desk=visit.desk)
    response = await inner(request)
    if response.status_code in SUCCESS:
        answer = Answer(response.status_code, bytes(response.body).decode())
        await run_in_threadpool(keep, visit.registry, keyed, answer)
    return response


async def _body(request: Request, limits: Limits) -> bytes:
    """Return the body once it is there, and leave what it holds as JSON with the request."""
    try:
        body = await asyncio.wait_for(request.body(), limits.body_time)
    except TimeoutError as error:
        raise Late(seconds=f"{limits.body_time:g}") from error
    if body:
        given = request.headers.get("content-type", "")
        if given.partition(";")[0].strip().lower() != JSON:
            raise NotJson(given=given)
        request._json = await run_in_threadpool(read_json, body, limits.json_depth)  # noqa: SLF001
    return body


def _key(request: Request) -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None:
        return None
    try:
        return _KEY.validate_python(key)
    except ValidationError as error:
        raise BadRequest(where=IDEMPOTENCY_KEY, problem=NO_KEY) from error


NO_KEY = Text(
    "应为 1 到 100 个 ASCII 字符，不含空格。",
    "must be 1 to 100 ASCII characters without spaces.",
)
