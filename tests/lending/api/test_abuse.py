"""What no honest client sends is answered 4xx, and leaves nothing behind."""

import asyncio
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lending.api.document import examples
from lending.api.endpoints import endpoints
from lending.api.errors import BadRequest
from lending.api.strict_json import read_json
from tests.lending.api.conftest import Service

SUBJECT = {"subject_id": "S9", "kind": "company"}
PARCEL = {"parcel_id": "K9", "region": "331127", "certificate": "1"}
DEPTH = 32


def sent(service: Service, body: bytes, path: str = "/v1/subjects", **headers: str) -> int:
    more = {"Content-Type": "application/json", **headers}
    return service.ask("forestry", "POST", path, content=body, headers=more).status_code


@pytest.mark.parametrize(
    "body",
    [
        b'{"subject_id": NaN}', b'{"subject_id": Infinity}', b'{"subject_id": -Infinity}',
        b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}", b'{"a": 0.' + b"1" * 5000 + b"}",
        b'{"subject_id": "S9", "subject_id": "S8", "kind": "company"}',
        b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b'{"a": "\x00"}', b"\xff\xfe{}", b"{", b"",
        b'{"a": "\xed\xa0\x80"}', b"[" * 100_000, b'{"a":' * 40 + b"1" + b"}" * 40,
        b"\xef\xbb\xbf{}", b"'{}'", b"{'a': 1}", b"{} {}", b"null", b"[]", b'"x"', b"1",
    ],
)  # fmt: skip
def test_what_is_no_form_in_json_is_refused(desk: Service, body: bytes) -> None:
    before = desk.world.events()
    assert sent(desk, body) in {400, 422}
    assert desk.world.events() == before


def test_honest_json_is_read_as_it_is() -> None:
    words = '{"名": ["\\"[{", 1.5, -2, true, null, "\\\\"], "o": {}}'
    assert read_json(words.encode(), DEPTH) == json.loads(words)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False,
        allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"],
        exclude_characters="\0")),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner),
        max_leaves=8,
    )
)  # fmt: skip
def test_what_json_can_hold_comes_through(thing: object) -> None:
    assert read_json(json.dumps(thing, ensure_ascii=False).encode(), DEPTH) == thing


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_json(body, DEPTH)
    except BadRequest as error:
        assert error.say("zh") != error.say("en")  # noqa: PT017


@pytest.mark.parametrize("name", [
    "x' OR '1'='1", "1; DROP TABLE pledges", "../../etc/passwd", "..", "%2e%2e", "a/b", "a\\b",
    "S9\u0000", "S9\u202e", "\u200b", "", " ", "S 9", "S9\n", "S" * 101, "\ue000",
    "𝕊" * 101, "?", "#",
])  # fmt: skip
def test_names_that_are_no_names(desk: Service, name: str) -> None:
    code = sent(desk, json.dumps(SUBJECT | {"subject_id": name}).encode())
    # A zero-width or a reversed name is no control character: it is refused as such a character.
    assert code in {400, 422}, name
    listed = desk.get("auditor", "/v1/subjects").json()["items"]
    assert [one["subject_id"] for one in listed] == ["S1"]


@pytest.mark.parametrize("path", [
    "/v1/subjects/' OR 1=1 --", "/v1/subjects/%00", "/v1/subjects/%ff", "/v1/subjects/%0a",
    "/v1/subjects/%ed%a0%80", "/v1/subjects/" + "x" * 101, "/v1/parcels/%F0%9F%8C%B2%20",
    "/v1/events?subject=%00", "/v1/pledges?state=%27%3B--", "/v1/subjects?cursor=%00",
    "/v1/tokens/0", "/v1/tokens/99999999999999999999", "/v1/tokens/1.5", "/v1/tokens/x",
    "/v1/nothing", "/v2/me", "//v1/me", "/v1/me/", "/v1/../v1/nothing",
])  # fmt: skip
def test_addresses_that_lead_nowhere(service: Service, path: str) -> None:
    method = "DELETE" if "/tokens/" in path else "GET"
    answer = service.ask("auditor", method, path)
    if path == "/v1/pledges?state=%27%3B--":
        assert answer.json()["items"] == []
    else:
        assert answer.status_code in {400, 404, 422}


RING = [[119, 28], [119.01, 28], [119.01, 28.01], [119, 28]]


@pytest.mark.parametrize("geometry", [
    None, [], "POLYGON((0 0,1 0,1 1,0 0))", {}, {"type": "Polygon"}, {"type": "Point",
    "coordinates": [119, 28]}, {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [RING[:2]]}, {"type": "Polygon", "coordinates": [[1, 2]]},
    {"type": "Polygon", "coordinates": [[[119, 28], [120, 29], [120, 28], [119, 29], [119, 28]]]},
    {"type": "Polygon", "coordinates": [[*RING, ["x", "y"]]]},
    {"type": "Polygon", "coordinates": [[[119, 28]] * 4]},
    {"type": "Polygon", "coordinates": [[[1e308, 28], [-1e308, 28], [0, 1e308], [1e308, 28]]]},
    {"type": "Polygon", "coordinates": "119,28"}, {"type": "GeometryCollection", "geometries": []},
    {"type": "Polygon", "coordinates": [RING], "crs": {"type": "name"}} | {"type": "polygon"},
    {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
    {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING]}},
])  # fmt: skip
def test_geometries_that_are_no_land(desk: Service, geometry: object) -> None:
    before = desk.world.events()
    code = sent(desk, json.dumps(PARCEL | {"geometry": geometry}).encode(), "/v1/parcels")
    assert code in {400, 422}
    assert desk.world.events() == before


@pytest.mark.parametrize("crs", ["EPSG:0", "", "x", "+proj=nowhere", "EPSG:4490; DROP", 4490, None])
def test_coordinate_systems_that_are_none(desk: Service, crs: object) -> None:
    square = {"type": "Polygon", "coordinates": [RING]}
    form = PARCEL | {"geometry": square, "crs": crs}
    assert sent(desk, json.dumps(form).encode(), "/v1/parcels") == 422


@pytest.mark.parametrize("day", [
    "2026-02-30", "2025-02-29", "0000-01-01", "10000-01-01", "2026-13-01", "2026-1-1", 86400,
    20260101, "86400", "2026-01-01T10:00:00", "today", "", None,
    "２０２６-01-01", "-2026-01-01", True,
])  # fmt: skip
def test_days_that_are_none(desk: Service, day: object) -> None:
    form = {"project_id": "J9", "programme": "VCS", "methodology": "VM0047",
            "crediting_from": day, "crediting_to": "2060-01-01"}  # fmt: skip
    assert sent(desk, json.dumps(form).encode(), "/v1/projects") == 422


@pytest.mark.parametrize(
    "tonnes", ["-1", "NaN", "Infinity", "1e30", "0.0001", "", "x", True, [], {}]
)
def test_tonnes_that_are_none(desk: Service, tonnes: object) -> None:
    form = {"batch_id": "B9", "project_id": "J1", "vintage_from": "2026-01-01",
            "vintage_to": "2027-01-01", "tonnes": tonnes}  # fmt: skip
    assert sent(desk, json.dumps(form).encode(), "/v1/batches") == 422


def test_what_is_too_large_is_not_read(serving, copied) -> None:
    service = serving(copied(), body_size=1000)
    large = json.dumps(SUBJECT | {"personal": {"note": "x" * 2000}}).encode()
    assert sent(service, large) == 413
    # Without its length, in pieces, it is stopped while it comes.
    pieces = (large[i : i + 100] for i in range(0, len(large), 100))
    answer = service.client.post(
        "/v1/subjects", content=pieces, headers=service.headers("forestry")
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert sent(service, json.dumps(SUBJECT).encode()) == 201
    service.world.registry.close()


def test_an_answer_comes_in_time_or_says_so(
    serving, copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = serving(copied(), answer_time=0.05)

    async def slow(*_: object) -> None:
        await asyncio.sleep(0.5)

    monkeypatch.setattr("lending.api.visit._body", slow)
    assert service.get("auditor", "/v1/me").status_code == 504
    service.world.registry.close()


def test_a_fault_of_ours_is_told_without_its_inside(
    desk: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        words = "secret detail"
        raise RuntimeError(words)

    monkeypatch.setattr("lending.api.visit.allowed", broken)
    answer = desk.get("auditor", "/v1/me")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


@given(
    st.dictionaries(
        st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none(), max_size=4
    )
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
def test_random_forms_are_answered_4xx(desk: Service, form: dict) -> None:
    client: TestClient = desk.client
    answer = client.post("/v1/loans", json=form, headers=desk.headers("bank_maker"))
    assert 400 <= answer.status_code < 500


def leaves(form: object, way: tuple = ()) -> Iterator[tuple]:
    """Return the way to every text in a form."""
    if isinstance(form, str):
        yield way
    elif isinstance(form, dict | list):
        for key, inner in form.items() if isinstance(form, dict) else enumerate(form):
            yield from leaves(inner, (*way, key))


def changed(form: dict, way: tuple, value: object) -> dict:
    """Return the form with another value there."""
    made = json.loads(json.dumps(form))
    inner = made
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return made


INJECTIONS = ("';DROP/**/TABLE/**/pledges;--", "x' OR '1'='1")
NEVER = ("\u202egnp.exe", "\x1b[2J", "\ud800", 10**60, -(2**63), [[]], {"$ne": None}, True)
"""No text of any form."""


@pytest.mark.parametrize("operation", examples())
def test_every_text_of_every_form_is_abused(desk: Service, operation: str) -> None:
    endpoint, form = endpoints()[operation], examples()[operation]
    path = endpoint.path.replace("{pledge_id}", "P000001").replace("{batch_id}", "B1")
    role = endpoint.roles[0]
    for way in leaves(form):
        for words in INJECTIONS:
            answer = desk.post(role, path, changed(form, way, words))
            assert answer.status_code < 500, (way, words, answer.text)
        for words in NEVER:
            if "facts" in way[:-1] and not isinstance(words, str):
                continue  # facts of a claim, a notice or a valuation may be numbers
            body = json.dumps(changed(form, way, words)).encode()
            code = sent_as(desk, role, path, body)
            assert 400 <= code < 500, (way, words, code)
    # The registry is as it was: its tables are there, and its chain holds.
    assert desk.get("auditor", "/v1/loans/L1").json()["amount"] == "300000.00"
    assert desk.get("auditor", "/v1/pledges").status_code == 200


def sent_as(service: Service, role: str, path: str, body: bytes) -> int:
    kind = {"Content-Type": "application/json"}
    return service.ask(role, "POST", path, content=body, headers=kind).status_code


def test_every_parameter_of_every_list_is_abused(desk: Service) -> None:
    asked = 0
    for path, found in desk.app.openapi()["paths"].items():
        for one in found.get("get", {}).get("parameters", ()):
            for words in (
                *INJECTIONS,
                "\u202e",
                "\x00",
                "9" * 400,
                "NaN",
                "-1",
                "../..",
                "[]",
                "{}",
            ):
                where = path
                params = {}
                if one["in"] == "path":
                    where = path.replace(f"{{{one['name']}}}", quote(words, safe=""))
                elif one["in"] == "query":
                    params = {one["name"]: words}
                answer = desk.get("auditor", re.sub(r"\{.*?\}", "X1", where), params=params)
                asked += 1
                # A filter by a name that nobody has finds nothing; all else is refused.
                empty = answer.status_code == 200 and answer.json()["items"] == []
                assert empty or 400 <= answer.status_code < 500, (where, params, answer.text)
    assert asked > 250
    assert desk.get("auditor", "/v1/audit").json()["sound"]


WIDE = [[119 + 0.000001 * n, 28 + 0.00001 * (n % 2)] for n in range(200_000)]


@pytest.mark.parametrize(
    ("geometry", "crs", "codes"),
    [
        ({"type": "Polygon", "coordinates": [[[28, 119], [28.1, 119], [28.1, 119.1], [28, 119]]]},
         "EPSG:4490", {422}),
        ({"type": "Polygon", "coordinates": [[[4e7, 3e6], [5e7, 3e6], [5e7, 4e6], [4e7, 3e6]]]},
         "EPSG:4490", {422}),
        ({"type": "Polygon", "coordinates": [[[181, 28], [182, 28], [182, 29], [181, 28]]]},
         "EPSG:4490", {422}),
        ({"type": "Polygon", "coordinates": [[*WIDE, WIDE[0]]]}, "EPSG:4490", {413, 422}),
        ({"type": "Polygon", "coordinates": [[[119, None], [120, 28], [120, 29], [119, None]]]},
         "EPSG:4490", {422}),
        ({"type": "Polygon", "coordinates": [[[119, 28, 1, 2, 3]] * 4]}, "EPSG:4490", {422}),
        ({"type": "Polygon", "coordinates": [RING, [[130, 40], [131, 40], [131, 41], [130, 40]]]},
         "EPSG:4490", {422}),
    ],
)  # fmt: skip
def test_geometries_out_of_place_or_measure(
    desk: Service, geometry: dict, crs: str, codes: set[int]
) -> None:
    body = json.dumps(PARCEL | {"geometry": geometry, "crs": crs}).encode()
    assert sent(desk, body, "/v1/parcels") in codes


def test_heights_are_left_out_and_letters_are_kept_in_one_form(service: Service) -> None:
    # GeoJSON may have heights; a parcel has none. U+20BB7 takes four bytes; e + accent is one name.
    high = {"type": "Polygon", "coordinates": [[[*point, 500.0] for point in RING]]}
    form = PARCEL | {"parcel_id": "\U00020bb7e\u0301", "geometry": high}
    made = service.post("forestry", "/v1/parcels", form)
    assert made.status_code == 201, made.text
    assert made.json()["parcel_id"] == "\U00020bb7\u00e9"
    assert {len(point) for point in made.json()["geometry"]["coordinates"][0]} == {2}


@pytest.mark.parametrize(("begin", "end"), [("2031-01-01", "2026-01-01"), ("2026-01-01",) * 2])
def test_years_that_run_backwards_or_not_at_all(desk: Service, begin: str, end: str) -> None:
    form = examples()["apply_for_pledge"] | {"vintage_from": begin, "vintage_to": end}
    assert desk.post("bank_maker", "/v1/pledges", form).status_code == 422
