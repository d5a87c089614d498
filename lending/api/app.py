"""The service: its endpoints made from their table, its document, its answers to what fails."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from data_catalog.errors import GepError
from lending.api.deadline import Deadline
from lending.api.document import ABOUT, TITLE, VERSION, described, responses
from lending.api.endpoints import endpoints
from lending.api.limits import Buckets, Limits, limits
from lending.api.problems import refusal
from lending.api.routes import operations
from lending.api.visit import Desk, WatchedRoute
from lending.policy import Policy
from lending.registry.opening import Registry

__all__ = ["make_app"]

_log = logging.getLogger(__name__)
DOCUMENT = "/v1/openapi.json"


def make_app(
    registry: Registry, *, policies: Mapping[str, Policy] | None = None, limit: Limits | None = None
) -> FastAPI:
    """Return the service over a registry.

    Parameters
    ----------
    policies : mapping of str to Policy, optional
        Bank policies by the names that valuations ask for them.
    limit : Limits, optional
        By default those of the parameter rows.
    """
    limit = limit or limits()
    app = FastAPI(
        title=TITLE.en, version=VERSION, description=ABOUT.en, openapi_url=DOCUMENT, docs_url=None,
        redoc_url=None, lifespan=_bounded(limit), max_body_size=limit.body_size,
        redirect_slashes=False, separate_input_output_schemas=True,
    )  # fmt: skip
    app.state.desk = Desk(
        registry=registry, limits=limit, policies=dict(policies or {}),
        callers=Buckets(limit.request_rate, limit.request_burst),
        strangers=Buckets(limit.stranger_rate, limit.stranger_burst),
    )  # fmt: skip
    app.router.route_class = WatchedRoute
    functions = operations()
    for endpoint in endpoints().values():
        app.router.add_api_route(
            endpoint.path, functions[endpoint.operation], methods=[endpoint.method],
            operation_id=endpoint.operation, status_code=endpoint.status,
            summary=endpoint.title.en, responses=responses(endpoint),
        )  # fmt: skip
    for kind in (GepError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _refused)
    app.add_middleware(Deadline, seconds=limit.answer_time)
    described(app)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, GepError | RequestValidationError | HTTPException):
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return refusal(request, error)


def _bounded(limit: Limits) -> Any:  # noqa: ANN401  (the type that FastAPI asks for is private)
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        current_default_thread_limiter().total_tokens = limit.threads
        yield

    return lifespan
