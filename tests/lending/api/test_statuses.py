"""The status that a client's developer expects, with its reason in both languages."""

import json

import pytest
import sqlalchemy

from lending.api.endpoints import endpoints
from lending.api.problems import TITLES
from lending.registry.errors import RegistryBusy, RegistryDown
from tests.lending.api.conftest import Service
from tests.lending.api.test_requests import APPLICATION

LOAN = {"loan_id": "L1", "amount": "300000.00", "rate": "0.0435", "starts": "2026-01-01",
        "ends": "2029-01-01"}  # fmt: skip
PROJECT = {"project_id": "J1", "programme": "VCS", "methodology": "VM0047",
           "crediting_from": "2026-01-01", "crediting_to": "2060-01-01"}  # fmt: skip
BATCH = {"batch_id": "B1", "project_id": "J1", "vintage_from": "2026-01-01",
         "vintage_to": "2027-01-01", "tonnes": "1"}  # fmt: skip


def told(answer, status: int) -> dict:
    """Check that it is a problem of this status; return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["title"]) == (status, TITLES[status].zh)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problem["detail"])
    return problem


@pytest.mark.parametrize(
    ("role", "path", "form"),
    [
        ("bank_maker", "/v1/loans", LOAN), ("forestry", "/v1/projects", PROJECT),
        ("forestry", "/v1/batches", BATCH),
        ("bank_maker", "/v1/subjects", {"subject_id": "S1", "kind": "company"}),
        ("forestry", "/v1/batches/B1/lots", {"batch_id": "B1", "tonnes": "101", "state": "sold"}),
        ("forestry", "/v1/batches/B1/lots",
         {"batch_id": "B1", "serial_from": 1, "serial_to": 5, "state": "sold"}),
        ("forestry", "/v1/batches/B1/lots", {"batch_id": "B1", "tonnes": "1", "state": "retired"}),
    ],
)  # fmt: skip
def test_what_goes_against_the_record_is_a_conflict(
    service: Service, role: str, path: str, form: dict
) -> None:
    before = service.world.events()
    problem = told(service.post(role, path, form), 409)
    assert problem["errors"][0]["problem"]
    assert service.world.events() == before


def test_a_registration_number_twice_and_an_issuance_twice_are_conflicts(service: Service) -> None:
    service.world.until("registered", service.world.apply("L1", "K1"))
    service.world.parcel("K5", 121.0)
    service.world.loan("L2")
    second = service.world.until("signed", service.world.apply("L2", "K5"))
    body = {"number": "ZDW-P000001"}
    told(service.post("bank_maker", f"/v1/pledges/{second}/register", body), 409)
    issue = {"serial_from": 1, "serial_to": 100}
    assert service.post("forestry", "/v1/batches/B1/issue", issue).status_code == 200
    told(service.post("forestry", "/v1/batches/B1/issue", issue), 409)


@pytest.mark.parametrize("path", [
    "/v1/subjects/X1", "/v1/parcels/X1", "/v1/parcels/X1/versions", "/v1/rights/X1",
    "/v1/projects/X1", "/v1/batches/X1", "/v1/batches/X1/lots", "/v1/loans/X1", "/v1/policies/X1",
    "/v1/valuations/X1", "/v1/pledges/X1", "/v1/pledges/X1/lots", "/v1/pledges/X1/check",
])  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Service, path: str) -> None:
    assert "X1" in told(desk.get("auditor", path), 404)["detail"]


def test_a_name_in_the_body_that_is_not_there_is_a_wrong_body(desk: Service) -> None:
    problem = told(desk.post("bank_maker", "/v1/pledges", APPLICATION | {"loan_id": "L9"}), 422)
    assert "L9" in problem["detail"]


@pytest.mark.parametrize("given", [
    "text/plain", "application/xml", "multipart/form-data", "", "application/jsonp",
    "application/x-www-form-urlencoded",
])  # fmt: skip
def test_another_type_than_json_is_told(desk: Service, given: str) -> None:
    body = json.dumps({"subject_id": "S9", "kind": "company"})
    answer = desk.ask(
        "forestry", "POST", "/v1/subjects", content=body, headers={"Content-Type": given}
    )
    told(answer, 415)


def test_json_with_its_letters_named_is_json(service: Service) -> None:
    body = json.dumps({"subject_id": "S9", "kind": "company"})
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = service.ask("forestry", "POST", "/v1/subjects", content=body, headers=kind)
    assert answer.status_code == 201


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/loans"), ("GET", "/v1/claims/check")])
def test_another_method_is_told(desk: Service, method: str, path: str) -> None:
    told(desk.ask("auditor", method, path), 405)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (RegistryBusy(where="registry", seconds="10"), "10"),
        (RegistryDown(where="registry", problem=TITLES[503]), None),
    ],
)
def test_a_registry_that_cannot_answer_is_nobodys_fault(
    desk: Service, monkeypatch: pytest.MonkeyPatch, error: Exception, wait: str | None
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("lending.api.visit.allowed", fail)
    answer = desk.get("auditor", "/v1/me")
    told(answer, 503)
    assert answer.headers.get("retry-after") == wait


def test_a_registry_that_went_away_is_503(serving, copied) -> None:
    place = copied()
    service = serving(place)
    engine = sqlalchemy.create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE loans RENAME TO gone")
    engine.dispose()
    told(service.get("auditor", "/v1/loans"), 503)
    service.world.registry.close()


def test_every_status_is_described_with_the_form_of_a_problem(desk: Service) -> None:
    found = desk.app.openapi()
    for endpoint in endpoints().values():
        said = found["paths"][endpoint.path][endpoint.method.lower()]["responses"]
        wanted = {400, 408, 413, 429, 503, 504}
        if not endpoint.public:
            wanted |= {401, 403, 404, 409, 415, 422}
        assert {int(status) for status in said} == wanted | {endpoint.status}
        for status in wanted:
            schema = said[str(status)]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
            assert said[str(status)]["x-zh"] == TITLES[status].zh
        assert "Retry-After" in said["429"]["headers"]
