"""Whatever the OpenAPI document allows, and what it does not, is answered as the document says.

Schemathesis makes the requests: of the document (positive) and against it (negative). No answer may
be a 5xx, a status, a type, a header or a body that the document does not have; what is against the
document must be refused.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lending import registry
from lending.api.endpoints import Endpoint, endpoints
from tests.lending.api.conftest import ROLES, Service, in_days

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance, negative_data_rejection,
)  # fmt: skip
KNOWN = {
    "subject_id": "S1", "parcel_id": "K1", "right_id": "R1", "project_id": "J1", "batch_id": "B1",
    "loan_id": "L1", "pledge_id": "P000001", "holder": "S1", "borrower": "S1", "policy": "example",
    "parcels": ["K1"], "right_code": "CARB_F", "right": "CARB_F", "code": "CARB_F",
}  # fmt: skip
"""Names that the furnished registry has: with them a request comes further than to a 404."""
FORBIDDEN = 403
LONG, LONG_POSTGRESQL, SHORT = 100, 20, 4
"""Requests of an operation."""


def bounds(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.generate],
        derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def schema_of(service: Service) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/v1/openapi.json", service.app)


def operations(service: Service) -> dict[str, schemathesis.APIOperation]:
    found = (one.ok() for one in schema_of(service).get_all_operations())
    return {one.definition.raw["operationId"]: one for one in found}


def fuzzed(service: Service, name: str, operation: schemathesis.APIOperation, examples: int) -> int:
    """Ask one operation in all roles; return how many requests were made."""
    endpoint, asked = endpoints()[name], []
    roles = st.sampled_from([*endpoint.roles * 3, *ROLES])

    def ask(role_and_case: tuple[str, schemathesis.Case], known: bool) -> None:
        role, case = role_and_case
        if known and case.meta.generation.mode is GenerationMode.POSITIVE:
            with_known_names(case)
        answer = case.call(headers=headers(service, role, endpoint))
        asked.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        if role not in endpoint.roles:
            assert answer.status_code == FORBIDDEN

    modes = [GenerationMode.POSITIVE]
    if operation.body or operation.query or operation.path_parameters:
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:
        cases = {
            role: operation.as_strategy(generation_mode=mode, headers=service.headers(role))
            for role in ROLES
        }
        in_role = roles.flatmap(lambda role, of=cases: st.tuples(st.just(role), of[role]))
        bounds(examples // len(modes))(given(role_and_case=in_role, known=st.booleans())(ask))()
    return len(asked)


def with_known_names(case: schemathesis.Case) -> None:
    for given_names in (case.path_parameters, case.body):
        if isinstance(given_names, dict):
            given_names.update({k: v for k, v in KNOWN.items() if k in given_names})


def headers(service: Service, role: str, endpoint: Endpoint) -> dict[str, str]:
    if endpoint.operation == "revoke_own_token":  # it may have revoked the one it came with
        service.tokens[role] = registry.issue_token(
            service.world.registry, f"{role}.1", expires_at=in_days(1)
        )
    return service.headers(role)


def test_nothing_in_the_document_makes_the_service_fail(desk: Service) -> None:
    found = operations(desk)
    assert set(found) == set(endpoints())
    for name, operation in found.items():
        fuzzed(desk, name, operation, SHORT)


@pytest.fixture
def with_pledge(service: Service) -> Service:
    service.world.apply("L1", "K1")
    return service


@pytest.mark.torture
@pytest.mark.parametrize("name", endpoints())
def test_no_operation_fails_at_length(with_pledge: Service, name: str, database: str) -> None:
    examples = LONG if database == "sqlite" else LONG_POSTGRESQL
    count = fuzzed(with_pledge, name, operations(with_pledge)[name], examples)
    print(f"\n{database} {name}: {count} requests")  # noqa: T201
