"""The OpenAPI document: what FastAPI makes of the endpoints, with the Chinese and the roles."""

import json
from functools import cache
from importlib import resources
from typing import Any

from fastapi import FastAPI

from data_catalog.text import Text
from lending.api.endpoints import OWN, Endpoint, endpoints
from lending.api.problems import MEDIA_TYPE, TITLES, Problem
from lending.api.visit import IDEMPOTENCY_KEY, KEY_PATTERN

__all__ = ["ABOUT", "TITLE", "VERSION", "described", "examples", "responses"]

VERSION = "1"
TITLE = Text("碳汇质押登记接口", "Carbon-sink pledge registry")
ABOUT = Text(
    "登记、检查、估值和审计的接口。金额为人民币元、吨数为 t_CO2e，均写成文字；日期为 YYYY-MM-DD；"
    "年份区间左闭右开。错误为 application/problem+json，语言随 Accept-Language（zh 或 en）。",
    "Registers, checks, values and audits. Money is CNY and tonnes are t_CO2e, both as text; dates "
    "are YYYY-MM-DD; intervals are half-open, [from, to). Errors are application/problem+json in "
    "the language of Accept-Language (zh or en).",
)
KEY = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "Makes it safe to send the request again: it is carried out once, and the "
    "answer is given again.",
    "x-zh": "带同一个键重发请求是安全的：只办理一次，再给同一个答复。",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}
BEARER = {"bearer": {"type": "http", "scheme": "bearer"}}
ALWAYS = (400, 408, 413, 429, 503, 504)
BEHIND_THE_DOOR = (401, 403, 404, 409, 415, 422)


HEADERS = {
    "Retry-After": {
        "description": "Seconds until it is worth asking again.",
        "x-zh": "多少秒后可以重试。",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {
        "description": "The scheme of the token.",
        "x-zh": "令牌的方式。",
        "schema": {"type": "string", "const": "Bearer"},
    },
}
SENT = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
"""Headers that come with a status."""


def responses(endpoint: Endpoint) -> dict[int | str, dict[str, Any]]:
    """Return what an endpoint may answer when it does not do as asked."""
    known = ALWAYS if endpoint.public else (*ALWAYS, *BEHIND_THE_DOOR)
    return {
        status: {
            "description": TITLES[status].en,
            "x-zh": TITLES[status].zh,
            "headers": {name: HEADERS[name] for name in SENT.get(status, ())},
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted(known)
    }


@cache
def examples() -> dict[str, Any]:
    """Return a body for each operation that takes one; posted in this order, all are accepted."""
    text = (resources.files("data_catalog.lending") / "api_examples.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def described(app: FastAPI) -> None:
    """Make the application's document say what FastAPI does not know."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    found["info"].update({"x-zh": TITLE.zh, "x-description-zh": ABOUT.zh})
    schemas = found["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    found["components"]["securitySchemes"] = BEARER
    for endpoint in endpoints().values():
        operation = found["paths"][endpoint.path][endpoint.method.lower()]
        _complete(operation, endpoint)
    return found


def _complete(operation: dict[str, Any], endpoint: Endpoint) -> None:
    operation["x-zh"] = endpoint.title.zh
    operation["security"] = [] if endpoint.public else [{"bearer": []}]
    operation["responses"] = {
        str(status): said for status, said in sorted(operation["responses"].items())
    }
    if endpoint.public:
        return
    if endpoint.operation in examples():
        operation["requestBody"]["content"]["application/json"]["example"] = examples()[
            endpoint.operation
        ]
    operation["x-roles"] = list(endpoint.roles)
    if endpoint.action != OWN:
        operation["x-action"] = endpoint.action
    if endpoint.method == "POST":
        operation.setdefault("parameters", []).append(KEY)
