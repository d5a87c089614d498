"""Who is let in, and to what."""

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lending import registry
from lending.api.endpoints import endpoints
from lending.registry.roles import actions
from lending.registry.tables import Token
from lending.registry.users import record_user, revoke_token
from tests.lending.api.conftest import ROLES, Service, in_days

ALL = list(endpoints().values())
NAMES = {"{token_id}": "1", "{pledge_id}": "P000001"}


def address(path: str) -> str:
    for part, name in NAMES.items():
        path = path.replace(part, name)
    return path if "{" not in path else path[: path.index("{")] + "X1" + path[path.index("}") + 1 :]


def test_the_table_has_every_action_of_the_registry_but_the_operators_own() -> None:
    # Checkpoints are signed with a key and backups written to a disk that only the operator has.
    used = {endpoint.action for endpoint in ALL}
    assert set(actions()) - used == {"checkpoint", "backup"}
    assert used - set(actions()) == {"public", "own"}


def test_the_document_has_the_endpoints_of_the_table_and_no_other(desk: Service) -> None:
    # So what is shown below of every row of the table is shown of every route.
    paths = desk.app.openapi()["paths"]
    of_document = {(method.upper(), path) for path, found in paths.items() for method in found}
    assert of_document == {(endpoint.method, endpoint.path) for endpoint in ALL}
    of_service = {
        (method, route.path) for route in desk.app.routes for method in route.methods or ()
    }
    assert of_service - of_document <= {("GET", "/v1/openapi.json"), ("HEAD", "/v1/openapi.json")}


def test_every_role_at_every_endpoint(desk: Service) -> None:
    for endpoint in ALL:
        for role in ROLES:
            if endpoint.operation == "revoke_own_token":
                continue
            answer = desk.ask(role, endpoint.method, address(endpoint.path))
            if role in endpoint.roles:
                assert answer.status_code not in {401, 403, 405, 500}, (role, endpoint)
            else:
                assert answer.status_code == 403, (role, endpoint)
                assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("role", "operation", "open_to_it"),
    [
        ("bank_maker", "apply_for_pledge", True), ("bank_checker", "apply_for_pledge", False),
        ("bank_maker", "approve_pledge", False), ("bank_checker", "approve_pledge", True),
        ("bank_maker", "release_pledge", False), ("bank_checker", "release_pledge", True),
        ("forestry", "record_parcel", True), ("bank_maker", "record_parcel", False),
        ("auditor", "read_personal", False), ("auditor", "list_events", True),
        ("bank_checker", "list_events", False), ("bank_checker", "audit_chain", True),
        ("forestry", "list_events", False), ("forestry", "record_valuation", False),
    ],
)  # fmt: skip
def test_the_roles_that_matter_most(role: str, operation: str, open_to_it: bool) -> None:
    # Written by hand from the duties: makers ask, checkers decide, forestry records the forest,
    # auditors read everything but personal fields.
    assert (role in endpoints()[operation].roles) is open_to_it


def test_nobody_without_a_token(desk: Service) -> None:
    for endpoint in ALL:
        answer = desk.client.request(endpoint.method, address(endpoint.path))
        assert answer.status_code == (200 if endpoint.public else 401), endpoint
        if not endpoint.public:
            assert answer.headers["www-authenticate"] == "Bearer"


def test_no_endpoint_for_a_token_that_holds_no_more(serving, copied) -> None:
    service = serving(copied())
    held = service.world.registry
    words = {
        "expired": registry.issue_token(held, "forestry.1", expires_at=in_days(-0.001)),
        "revoked": registry.issue_token(held, "forestry.1", expires_at=in_days(1)),
        "of a stopped user": service.tokens["auditor"],
        "in pieces": service.tokens["forestry"][:-1],
    }
    with held.reading() as session:
        registry_numbers = [token.token_id for token in session.query(Token)]
    revoke_token(held, registry_numbers[-1])
    record_user(held, "auditor.1", "auditor", "Office", active=False)
    said = {name: f"Bearer {token}" for name, token in words.items()}
    said["by another scheme"] = f"Basic {service.tokens['forestry']}"
    said["without a scheme"] = service.tokens["forestry"]
    for endpoint in ALL:
        for name, header in said.items():
            answer = service.client.request(
                endpoint.method, address(endpoint.path), headers={"Authorization": header}
            )
            assert answer.status_code == (200 if endpoint.public else 401), (name, endpoint)
    assert service.get("forestry", "/v1/me").status_code == 200
    held.close()


@pytest.mark.parametrize("said", ["Bearer", "Bearer x", "Basic eDp4", "bearer  ", "Bearer a b"])
def test_what_is_no_token_opens_nothing(desk: Service, said: str) -> None:
    assert desk.client.get("/v1/me", headers={"Authorization": said}).status_code == 401


def test_a_token_expires(serving, copied) -> None:
    service = serving(copied())
    assert service.get("auditor", "/v1/me").status_code == 200
    later = replace(service.world.registry, clock=lambda: in_days(1.01))
    service.app.state.desk = replace(service.app.state.desk, registry=later)
    assert service.get("auditor", "/v1/me").status_code == 401
    service.world.registry.close()


def test_tokens_are_kept_as_digests_only(desk: Service) -> None:
    with desk.world.registry.reading() as session:
        rows = session.query(Token).all()
        events = registry.events(session)
    for words in desk.tokens.values():
        assert all(words not in repr(vars(row)) for row in rows)
        assert all(words not in event.data for event in events)
    file = Path(desk.world.registry.engine.url.database)
    content = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert b"auditor.1" in content
    assert not any(words.encode() in content for words in desk.tokens.values())


def test_tokens_never_appear_in_logs(desk: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.get("auditor", "/v1/me")
        desk.get("auditor", "/v1/nothing")
        desk.post("auditor", "/v1/parcels", {"a": 1})
        desk.client.get("/v1/me", headers={"Authorization": "Bearer wrong-words"})
    said = caplog.text
    assert "auditor.1 GET /v1/me 200" in said
    assert "wrong-words" not in said
    assert not any(words in said for words in desk.tokens.values())


def test_no_token_stands_in_the_document(desk: Service) -> None:
    document = json.dumps(desk.app.openapi())
    assert not any(words in document for words in desk.tokens.values())
    assert not re.search(r"Bearer [A-Za-z0-9_-]{20,}", document)


def test_own_tokens_are_listed_and_revoked(service: Service) -> None:
    mine = service.get("auditor", "/v1/tokens").json()["items"]
    assert [set(one) for one in mine] == [{"token_id", "issued_at", "expires_at", "revoked_at"}]
    number = mine[0]["token_id"]
    assert service.ask("forestry", "DELETE", f"/v1/tokens/{number}").status_code == 404
    assert service.ask("auditor", "DELETE", f"/v1/tokens/{number}").json()["revoked_at"]
    assert service.get("auditor", "/v1/me").status_code == 401
    assert service.get("forestry", "/v1/me").status_code == 200


def test_a_stopped_user_is_out(service: Service) -> None:
    bank = service.world.maker.organisation
    registry.record_user(service.world.registry, "bank_maker.1", "bank_maker", bank, active=False)
    assert service.get("bank_maker", "/v1/me").status_code == 401


def test_a_bank_sees_its_own_loans_and_pledges_only(service: Service) -> None:
    pledge = service.world.apply("L1", "K1")
    registry.record_user(service.world.registry, "other.1", "bank_maker", "Another Bank")
    service.tokens["other"] = registry.issue_token(
        service.world.registry, "other.1", expires_at=in_days(1)
    )
    for path in ("/v1/loans/L1", f"/v1/pledges/{pledge}", f"/v1/pledges/{pledge}/lots"):
        assert service.get("bank_checker", path).status_code == 200
        assert service.get("forestry", path).status_code == 200
        assert service.get("other", path).status_code == 404
    assert service.get("other", "/v1/loans").json()["items"] == []
    assert service.get("other", "/v1/pledges").json()["items"] == []
    assert service.post("other", f"/v1/pledges/{pledge}/screen").status_code == 404
    assert len(service.get("bank_maker", "/v1/pledges").json()["items"]) == 1


def test_a_bank_sees_its_own_parties_and_valuations_only(service: Service) -> None:
    held = service.world.registry
    form = registry.ValuationForm(valuation_id="V1", basis_date="2026-01-01", document={"a": 1})
    registry.record_valuation(held, service.world.maker, form)
    registry.record_user(held, "other.1", "bank_maker", "Another Bank")
    service.tokens["other"] = registry.issue_token(held, "other.1", expires_at=in_days(1))
    for path in ("/v1/subjects/S1", "/v1/valuations/V1"):
        assert service.get("bank_checker", path).status_code == 200
        assert service.get("auditor", path).status_code == 200
        assert service.get("other", path).status_code == 404
    for path in ("/v1/subjects", "/v1/valuations"):
        assert len(service.get("bank_maker", path).json()["items"]) == 1
        assert service.get("other", path).json()["items"] == []
    assert service.get("other", "/v1/subjects/S1/personal").status_code == 404
