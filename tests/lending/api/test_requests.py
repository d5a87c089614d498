"""Requests of one life after another: a pledge, pages, keys, languages, rates."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from lending.registry.tables import Request
from tests.lending.api.conftest import Service
from tests.lending.registry import world

SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[119.0, 28.0], [119.01, 28.0], [119.01, 28.01], [119.0, 28.01], [119.0, 28.0]]
    ],
}
APPLICATION = {
    "loan_id": "L1", "right_code": "CARB_F", "parcels": ["K1"], "vintage_from": "2026-01-01",
    "vintage_to": "2031-01-01", "parts": [{"batch_id": "B1", "tonnes": "40.5"}],
    "secured_amount": "300000.00", "account": "6222 0000 0000 0001",
}  # fmt: skip
FACTS = {
    "base_date": "2026-01-01", "subject": "K1", "title_grade": "clear",
    "holding": {"area_mu": 10000, "yield_tCO2e_per_mu": 0.39, "cv": 0.15, "source": "S03"},
    "tonnes": {"buffer": 0.1, "leakage": 0},
    "ends": {"crediting": 10, "tenure": 10, "programme": 10},
    "cycle": {"monitoring_months": 60, "lag_months": 12},
    "costs": {"development": 30000, "monitoring_yearly": 2000, "verification": 40000,
              "issuance": 0, "fee": 0.02, "owner_share": 0, "source": "S03"},
    "price": {"market": "synthetic", "source": "S03", "row": {
        "id": "day", "market": "synthetic", "kind": "offset", "first_day": "2026-01-01",
        "last_day": "2026-01-01", "price": 60, "source": "SYN"}},
}  # fmt: skip


def test_a_pledge_from_application_to_release(service: Service) -> None:
    made = service.post("bank_maker", "/v1/pledges", APPLICATION)
    assert made.status_code == 201, made.text
    pledge = made.json()
    name = f"/v1/pledges/{pledge['pledge_id']}"
    assert pledge["tonnes"] == "40.500"
    assert pledge["may_follow"] == ["screen", "withdraw"]
    assert "6222" not in made.text
    refused = service.post("bank_maker", f"{name}/declarations", {"facts": {"maker": "x"}})
    assert refused.status_code == 422, refused.text
    papers = {k: str(v) if isinstance(v, date) else v for k, v in world.papers().items()}
    steps = [
        ("bank_maker", "declarations", {"facts": papers, "document": "deed 7"}),
        ("bank_maker", "screen", None), ("bank_maker", "investigate", None),
        ("bank_checker", "approve", None), ("bank_maker", "sign", None),
        ("bank_maker", "register", {"number": "ZDW-1", "ends": "2031-12-31"}),
        ("bank_maker", "draw", None), ("bank_maker", "monitor", None),
        ("bank_maker", "repay", None), ("bank_checker", "release", {}),
    ]  # fmt: skip
    for role, step, body in steps:
        answer = service.post(role, f"{name}/{step}", body)
        assert answer.status_code == (201 if step == "declarations" else 200), (step, answer.text)
    assert service.get("auditor", name).json()["state"] == "released"
    batch = service.get("forestry", "/v1/batches/B1").json()
    # 100 t, 40.5 pledged and all released: nothing counts any more.
    assert (batch["tonnes"], batch["counted"]) == ("100.000", {})
    audit = service.get("auditor", "/v1/audit").json()
    assert audit["sound"]
    assert audit["faults"] == []
    kinds = [one["kind"] for one in service.get("auditor", "/v1/events").json()["items"]]
    assert kinds[-9:] == [step for _, step, _ in steps[1:]]
    assert kinds[-10] == "declare"


def test_a_step_that_cannot_follow_is_a_conflict(service: Service) -> None:
    pledge = service.world.apply("L1", "K1")
    answer = service.post("bank_maker", f"/v1/pledges/{pledge}/draw")
    assert answer.status_code == 409
    assert service.get("bank_maker", f"/v1/pledges/{pledge}").json()["state"] == "applied"


def test_the_second_pledge_of_one_forest_is_refused_with_its_findings(service: Service) -> None:
    service.world.until("registered", service.world.apply("L1", "K1"))
    service.world.loan("L2")
    second = service.world.until("signed", service.world.apply("L2", "K1"))
    found = service.get("auditor", f"/v1/pledges/{second}/check").json()
    assert [one["check"] for one in found if one["level"] == "BLOCK"] == ["G3"]
    answer = service.post("bank_maker", f"/v1/pledges/{second}/register", {"number": "ZDW-2"})
    assert answer.status_code == 409
    assert answer.json()["findings"][0]["level"] == "BLOCK"


def test_a_claim_is_checked_against_the_register(service: Service) -> None:
    service.world.until("registered", service.world.apply("L1", "K1"))
    claim = {"claim_id": "C1", "parcel_id": "K1", "right": "CARB_F", "tonnes": "10",
             "vintage_from": "2026-01-01", "vintage_to": "2027-01-01"}  # fmt: skip
    far = {**claim, "claim_id": "C2", "parcel_id": "K9", "crs": "EPSG:4490", "geometry": {
        "type": "Polygon",
        "coordinates": [[[120, 29], [120.01, 29], [120.01, 29.01], [120, 29.01], [120, 29]]],
    }}  # fmt: skip
    found = service.post("bank_maker", "/v1/claims/check", {"claims": [claim, far]})
    assert found.status_code == 200, found.text
    met = {(one["claim"]["claim_id"], one["check"]) for one in found.json() if one["other"]}
    assert met == {("C1", "G3")}
    one = next(one for one in found.json() if one["check"] == "G3")
    assert one["level"] == "BLOCK"
    assert one["other"]["parcel_id"] == "K1"
    # A square of 0.01 degrees at 28 N: about 983 m x 1108 m.
    assert one["area_m2"] == pytest.approx(983 * 1108, rel=0.01)


def test_a_parcel_goes_in_and_comes_back(service: Service) -> None:
    form = {"parcel_id": "新-7", "region": "331127", "geometry": SQUARE, "certificate": "浙(2026)7"}
    made = service.post("forestry", "/v1/parcels", form)
    assert made.status_code == 201, made.text
    assert made.json()["geometry"]["type"] == "Polygon"
    again = service.post("forestry", "/v1/parcels", form | {"certificate": "浙(2026)8"})
    assert again.json()["version"] == 2
    assert service.get("auditor", "/v1/parcels/新-7").json()["certificate"] == "浙(2026)8"
    versions = service.get("auditor", "/v1/parcels/新-7/versions").json()["items"]
    assert [one["certificate"] for one in versions] == ["浙(2026)7", "浙(2026)8"]


def test_personal_fields_are_sealed_read_and_gone(service: Service) -> None:
    form = {"subject_id": "S2", "kind": "person", "personal": {"name": "王林"}}
    assert "王林" not in service.post("bank_maker", "/v1/subjects", form).text
    read = service.get("bank_checker", "/v1/subjects/S2/personal")
    assert read.json()["personal"] == {"name": "王林"}
    last = service.get("auditor", "/v1/events?subject=S2").json()["items"][-1]
    assert (last["kind"], last["actor"]) == ("read_personal", "bank_checker.1")
    assert service.post("bank_checker", "/v1/subjects/S2/seal").status_code == 200
    assert service.get("bank_checker", "/v1/subjects/S2/personal").status_code == 409


def test_a_valuation_is_computed_kept_and_computed_again(service: Service) -> None:
    form = {"valuation_id": "V1", "policy": "example", "facts": FACTS}
    made = service.post("bank_maker", "/v1/valuations", form)
    assert made.status_code == 201, made.text
    results = made.json()["document"]["results"]
    # Case S03 of the reference: NPV 929,798.68 CNY.
    assert Decimal(results["value"]) == Decimal("929798.68")
    again = service.post("auditor", "/v1/valuations/V1/recompute").json()
    assert again["same"]
    assert again["value"] == results["value"]
    assert service.post("bank_maker", "/v1/valuations", form).status_code == 409
    newer = form | {"valuation_id": "V2", "supersedes": "V1"}
    assert service.post("bank_maker", "/v1/valuations", newer).status_code == 201
    listed = service.get("auditor", "/v1/valuations").json()["items"]
    assert [(one["valuation_id"], one["document"]) for one in listed] == [
        ("V1", None),
        ("V2", None),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"ends": {"crediting": 1e9, "tenure": 1e9, "programme": 1e9}},
        {"base_date": "9999-12-31"},
        {"holding": FACTS["holding"] | {"area_mu": 1e308, "yield_tCO2e_per_mu": 1e308}},
        {"price": FACTS["price"] | {"growth": 1e300}},
        {"price": {"market": "nowhere", "source": "S03"}},
    ],
)  # fmt: skip
def test_a_valuation_out_of_reach_is_refused(desk: Service, change: dict) -> None:
    form = {"valuation_id": "V1", "policy": "example", "facts": FACTS | change}
    assert desk.post("bank_maker", "/v1/valuations", form).status_code == 422
    assert desk.get("bank_maker", "/v1/valuations").json()["items"] == []


def test_pages_hold_every_row_once(service: Service) -> None:
    for number in range(7):
        service.world.parcel(f"N{number}")
    names, cursor = [], None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = service.get("auditor", "/v1/parcels", params=params).json()
        assert len(page["items"]) <= 3
        names += [one["parcel_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert names == ["K1", *(f"N{number}" for number in range(7))]


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "W10", "MTIz", "%00", "W251bGwsIG51bGxd", "é", "A" * 600]
)
def test_a_cursor_of_another_list_is_refused(desk: Service, cursor: str) -> None:
    events = desk.get("auditor", "/v1/events?limit=1").json()["next"]
    for wrong in (cursor, events):
        answer = desk.get("auditor", "/v1/parcels", params={"cursor": wrong})
        assert answer.status_code == 422


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1e3", "NaN", ""])
def test_a_page_has_its_bounds(desk: Service, limit: str) -> None:
    assert desk.get("auditor", "/v1/parcels", params={"limit": limit}).status_code == 422


KEY = {"Idempotency-Key": "3f0c-1"}


def test_a_request_sent_again_is_carried_out_once(service: Service) -> None:
    first = service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    again = service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(service.get("bank_maker", "/v1/pledges").json()["items"]) == 1


def test_a_key_stands_for_one_request(service: Service) -> None:
    service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    other = APPLICATION | {"secured_amount": "1.00"}
    assert service.post("bank_maker", "/v1/pledges", other, headers=KEY).status_code == 422
    subject = {"subject_id": "S5", "kind": "company"}
    assert service.post("bank_maker", "/v1/subjects", subject, headers=KEY).status_code == 422
    # Another user's keys are another user's.
    assert service.post("forestry", "/v1/subjects", subject, headers=KEY).status_code == 201


def test_a_refused_request_may_be_mended_under_its_key(service: Service) -> None:
    wrong = APPLICATION | {"loan_id": "L9"}
    assert service.post("bank_maker", "/v1/pledges", wrong, headers=KEY).status_code == 422
    assert service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY).status_code == 201


def test_an_act_whose_answer_was_lost_is_not_done_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the service died between the act and the keeping of its answer.
    with monkeypatch.context() as patched:
        patched.setattr("lending.api.visit.keep", lambda *_: None)
        assert (
            service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY).status_code == 201
        )
    again = service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    assert again.status_code == 409
    assert len(service.get("bank_maker", "/v1/pledges").json()["items"]) == 1


def test_one_key_at_the_same_instant_is_one_act(service: Service) -> None:
    with ThreadPoolExecutor(8) as desks:
        asked = [
            desks.submit(service.post, "bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
            for _ in range(16)
        ]
    codes = {one.result().status_code for one in asked}
    # The others hear the same answer, or that it is being written: read the record.
    assert codes <= {201, 409}
    assert 201 in codes
    assert len(service.get("bank_maker", "/v1/pledges").json()["items"]) == 1
    bodies = {one.result().content for one in asked if one.result().status_code == 201}
    assert len(bodies) == 1


def test_a_key_outlives_the_service(serving, furnished_place) -> None:
    place = furnished_place()
    service = serving(place)
    first = service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    service.world.registry.close()
    again = serving(place)
    second = again.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    again.world.registry.close()


def test_pages_stay_whole_while_rows_are_added(service: Service) -> None:
    for number in range(0, 20, 2):
        service.world.parcel(f"N{number:02d}")
    names, cursor = [], None
    for added in range(1, 20, 2):
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = service.get("auditor", "/v1/parcels", params=params).json()
        names += [one["parcel_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        service.world.parcel(f"N{added:02d}")
    assert names == sorted(set(names))
    # What was there from the start is there once; what came behind the cursor may be, too.
    assert {"K1", *(f"N{number:02d}" for number in range(0, 20, 2))} <= set(names)


def test_no_request_stands_in_the_chain(service: Service) -> None:
    service.post("bank_maker", "/v1/pledges", APPLICATION, headers=KEY)
    with service.world.registry.reading() as session:
        assert session.query(Request).count() == 1
    assert service.get("auditor", "/v1/audit").json()["sound"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "é".encode()])
def test_a_key_has_a_form(desk: Service, key: str) -> None:
    answer = desk.post("bank_maker", "/v1/pledges", APPLICATION, headers={"Idempotency-Key": key})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "没有找到"), ("en", "en", "Not found"),
        ("en;q=0.2, zh;q=0.1", "en", "Not found"), ("fr", "zh", "没有找到"),
        ("en;q=x", "zh", "没有找到"), ("", "zh", "没有找到"),
    ],
)  # fmt: skip
def test_errors_speak_the_language_asked_for(
    desk: Service, accepted: str, language: str, title: str
) -> None:
    answer = desk.get("auditor", "/v1/loans/L9", headers={"Accept-Language": accepted})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert (answer.json()["title"], answer.json()["status"]) == (title, 404)


def test_fields_are_complained_of_in_chinese_too(desk: Service) -> None:
    form = {"subject_id": "S 2", "kind": "dog", "personal": {}, "age": 3}
    said = desk.post("forestry", "/v1/subjects", form).json()["errors"]
    assert {one["where"] for one in said} == {"body.subject_id", "body.kind", "body.age"}
    assert "没有这一项。" in {one["problem"] for one in said}
    english = desk.post("forestry", "/v1/subjects", form, headers={"Accept-Language": "en"})
    assert all(one["problem"].isascii() for one in english.json()["errors"])


def test_a_token_has_its_rate(serving, copied) -> None:
    service = serving(copied(), request_rate=0.001, request_burst=3)
    asked = [service.get("auditor", "/v1/me") for _ in range(4)]
    assert [one.status_code for one in asked] == [200, 200, 200, 429]
    assert int(asked[-1].headers["retry-after"]) >= 1
    assert service.get("forestry", "/v1/me").status_code == 200
    service.world.registry.close()


def test_guessing_tokens_is_slowed(serving, copied) -> None:
    service = serving(copied(), stranger_rate=0.001, stranger_burst=2)
    codes = [
        service.client.get("/v1/me", headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(3)
    ]
    assert codes == [401, 401, 429]
    assert service.get("auditor", "/v1/me").status_code == 200
    service.world.registry.close()


def test_no_other_origin_is_invited(desk: Service) -> None:
    answer = desk.get("auditor", "/v1/me", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
