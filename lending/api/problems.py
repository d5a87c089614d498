"""Answers that say no: application/problem+json (RFC 9457), in the language asked for."""

import math
from collections.abc import Iterator
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from data_catalog.complaints import complaint
from data_catalog.errors import GepError, Problems, UnknownNameError
from data_catalog.text import Language, Text
from lending.api.errors import TooMany, status_of
from lending.api.findings import FindingView, finding_view
from lending.api.language import language_of
from lending.registry.errors import ConflictsFound, RegistryBusy

__all__ = ["MEDIA_TYPE", "TITLES", "Problem", "answer", "refusal"]

UNPROCESSABLE = 422
MEDIA_TYPE = "application/problem+json"
TITLES: dict[int, Text] = {
    400: Text("无法读取请求", "The request cannot be read"),
    401: Text("需要令牌", "A token is needed"),
    403: Text("无权办理", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持这种方法", "The method is not supported here"),
    408: Text("请求没有按时传完", "The request did not arrive in time"),
    409: Text("与已登记的内容冲突", "In conflict with what is registered"),
    413: Text("请求过大", "The request is too large"),
    415: Text("请求正文应为 JSON", "The body must be JSON"),
    422: Text("填写有误", "Something in the request is wrong"),
    429: Text("请求过于频繁", "Too many requests"),
    500: Text("内部错误", "Internal error"),
    503: Text("登记库繁忙或不可用", "The registry is busy or not available"),
    504: Text("未能按时答复", "No answer in time"),
}
"""By status."""
OUR_FAULT = Text(
    "服务出错，已记入日志；请联系管理员。", "a fault of the service, logged; tell its operator."
)
UNREADABLE = Text("无法读取请求。", "the request cannot be read.")
NO_SUCH_PATH = Text("没有这个地址，或不支持这种方法。见 /v1/openapi.json。",
                    "there is no such address or method. See /v1/openapi.json.")  # fmt: skip


class Wrong(BaseModel):
    """One thing that is wrong."""

    where: str
    problem: str


class Problem(BaseModel):
    """Why a request was not carried out."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []
    findings: list[FindingView] = []


def refusal(request: Request, error: Exception) -> Response:
    """Return the answer to a request that failed, foreseen or not."""
    if isinstance(error, GepError):
        return _of_error(request, error)
    if isinstance(error, RequestValidationError):
        return _of_fields(request, error)
    if isinstance(error, HTTPException):
        said = _of_http(request, error.status_code)
        return answer(request, error.status_code, said, headers=dict(error.headers or {}))
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT)


def _of_http(request: Request, status: int) -> Text:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return NO_SUCH_PATH
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        most = request.app.state.desk.limits.body_size
        return Text(f"请求正文至多 {most} 字节。", f"the body may have at most {most} bytes.")
    return TITLES.get(status, UNREADABLE)


def answer(
    request: Request, status: int, detail: Text, *, errors: list[Wrong] | None = None,
    findings: list[FindingView] | None = None, headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Return a problem as an answer."""
    language = _language(request)
    title = TITLES.get(status, Text(*[HTTPStatus(status).phrase] * 2))
    problem = Problem(
        title=title[language], status=status, detail=detail[language], errors=errors or [],
        findings=findings or [],
    )  # fmt: skip
    said = {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})}
    return Response(
        problem.model_dump_json(), status_code=status, media_type=MEDIA_TYPE, headers=said
    )


def _of_error(request: Request, error: GepError) -> Response:
    several = error.errors if isinstance(error, Problems) else (error,)
    status = max(status_of(one) for one in several)
    if status == HTTPStatus.NOT_FOUND and not _asked_for(request, error):
        status = UNPROCESSABLE
    language = _language(request)
    wrong = [Wrong(where=_where(one, language), problem=one.say(language)) for one in several]
    findings = list(error.findings) if isinstance(error, ConflictsFound) else []
    return answer(
        request, status, Text(error.say("zh"), error.say("en")), errors=wrong,
        findings=[finding_view(one) for one in findings], headers=dict(_headers(error)),
    )  # fmt: skip


def _of_fields(request: Request, error: RequestValidationError) -> Response:
    language = _language(request)
    wrong = [
        Wrong(where=".".join(map(str, fault["loc"])), problem=complaint(fault)[language])
        for fault in error.errors()
    ]
    detail = "; ".join(f"{one.where}: {one.problem}" for one in wrong[:SHOWN])
    return answer(request, UNPROCESSABLE, Text(detail, detail), errors=wrong[:MANY])


def _asked_for(request: Request, error: GepError) -> bool:
    """Whether what is unknown stands in the address, and not in the body."""
    names = [str(value) for value in request.path_params.values()]
    return isinstance(error, UnknownNameError) and error.facts["name"] in names


def _headers(error: GepError) -> Iterator[tuple[str, str]]:
    if isinstance(error, TooMany | RegistryBusy):
        yield "Retry-After", str(math.ceil(float(str(error.facts["seconds"]))))
    if status_of(error) == HTTPStatus.UNAUTHORIZED:
        yield "WWW-Authenticate", "Bearer"


def _where(error: GepError, language: Language) -> str:
    where = error.facts.get("where", "")
    return where[language] if isinstance(where, Text) else str(where)


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


SHOWN = 5
"""Faults told in one line; the list has more."""
MANY = 100
"""Faults listed."""
