"""The OpenAPI document: complete, in both languages, as committed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lending import registry
from lending.api.document import examples
from lending.api.endpoints import endpoints
from lending.registry import roles
from tests.lending.api.conftest import ROLES, Service
from tests.lending.registry.world import opened

DOCUMENT = Path(__file__).parents[3] / "docs" / "api" / "openapi.json"


def test_the_committed_document_is_that_of_the_service(desk: Service) -> None:
    # Written with: python -m cli lending openapi > docs/api/openapi.json
    assert json.loads(DOCUMENT.read_text("utf-8")) == desk.app.openapi()


def test_every_endpoint_is_described_in_both_languages(desk: Service) -> None:
    found = desk.app.openapi()
    assert found["openapi"].startswith("3.1")
    operations = [one for path in found["paths"].values() for one in path.values()]
    assert len(operations) == len(endpoints())
    for one in operations:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in one["x-zh"]), one["operationId"]
        assert one["summary"].isascii()
        assert "429" in one["responses"]
    for endpoint in endpoints().values():
        one = found["paths"][endpoint.path][endpoint.method.lower()]
        assert one.get("x-roles", list(ROLES)) == list(endpoint.roles)


IN_DEFAULT = ("default_pledge", "dispose_pledge", "close_pledge")


def test_the_examples_of_a_default_are_accepted_with_their_reasons_only(service: Service) -> None:
    world = service.world
    pledge = world.until("drawn", world.apply("L1", "K1"))
    until = datetime.now(UTC) + timedelta(days=1)
    for name, one in (("second", world.second_checker()), ("third", world.third_checker())):
        service.tokens[name] = registry.issue_token(world.registry, one.user_id, expires_at=until)
    for operation, who in zip(IN_DEFAULT, ("bank_checker", "second", "third"), strict=True):
        path = endpoints()[operation].path.replace("{pledge_id}", pledge)
        for silent in (None, {}, {"remark": ""}, {"remark": " "}):
            assert service.post(who, path, silent).status_code == 422
        assert service.post(who, path, examples()[operation]).status_code == 200
    said = [event["data"]["facts"].get("remark") for event in
            service.get("auditor", "/v1/events").json()["items"]]  # fmt: skip
    assert said[-3:] == [examples()[operation]["remark"] for operation in IN_DEFAULT]


def test_every_example_is_accepted_when_posted(serving, new_place) -> None:
    place = new_place()
    opened(place, create=True).registry.close()
    service = serving(place)
    names = {"{pledge_id}": "P000001", "{batch_id}": "B1"}
    taking = {
        operation for operation, endpoint in endpoints().items()
        if "requestBody" in service.app.openapi()["paths"][endpoint.path][endpoint.method.lower()]
    }  # fmt: skip
    assert set(examples()) == taking
    for operation, example in examples().items():
        if operation in IN_DEFAULT:
            continue
        endpoint = endpoints()[operation]
        path, body = endpoint.path, example
        for part, name in names.items():
            path = path.replace(part, name)
        if operation == "declare_facts":  # a search has to be of these days
            today = datetime.now(UTC).date().isoformat()
            body = body | {"facts": body["facts"] | {"register_search_date": today}}
        if operation == "consent_to_pledge":
            later = examples()["apply_for_pledge"] | {"right_code": "TREE", "parts": []}
            assert service.post("bank_maker", "/v1/pledges", later).json()["pledge_id"] == "P000002"
        if operation == "withdraw_pledge":
            path = path.replace("P000001", "P000002")
        answer = service.post(endpoint.roles[0], path, body)
        assert answer.status_code == endpoint.status, (operation, answer.text)
    service.world.registry.close()


def test_schemas_say_what_they_are(desk: Service) -> None:
    for name, schema in desk.app.openapi()["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema.get("description") or schema.get("title"), name


def access_table(language: str) -> str:
    """Return who may use what, as the docs page shows it."""
    words = {"zh": ("方法", "地址", "办理"), "en": ("method", "path", "what it does")}[language]
    titles = [*words, *(title[language] for title in roles().values())]
    lines = [titles, ["---"] * 3 + [":-:"] * len(ROLES)]
    lines += [
        [e.method, f"`{e.path}`", e.title[language], *("✓" * (r in e.roles) for r in roles())]
        for e in endpoints().values()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_page_says_who_may_use_what(name: str, language: str) -> None:
    page = (DOCUMENT.parent / name).read_text("utf-8")
    assert page.endswith(f"<!-- access -->\n\n{access_table(language)}")
