"""Two claims beside each other: ground, years, rights, serials, priority."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely.affinity import translate

from data_catalog.errors import UnknownNameError
from lending.conflicts import Claim, Finding, KnownClaims, Serials, bundled_rules, find_conflicts
from tests.lending.claims import CRS, NOON, TODAY, box, claim, pledged
from tests.lending.parcels import jittered

RULES = bundled_rules().only(["G3", "G4", "G5", "G6", "V1", "S1", "C1", "P2"])
HECTARE = box(0, 0, 100, 100)


def against(new: Claim, *known: Claim) -> list[Finding]:
    return find_conflicts([new], known, RULES, TODAY)


def checks(new: Claim, *known: Claim) -> list[tuple[str, str]]:
    return [(f.check, f.level) for f in against(new, *known)]


def ground(one: Any, other: Any) -> list[tuple[str, str]]:
    return checks(claim("n", one), pledged("k", other))


CONFLICT, SLIVER = [("G3", "BLOCK")], [("G4", "INFO")]


def test_a_partial_overlap_by_hand() -> None:
    # 50 m x 100 m = 5,000 m2 = 7.5 mu, half of the new parcel and a quarter of the known one;
    # of ten years each, 2030 to 2036 are in common, 2,191 of 3,652 days
    known = pledged("k", box(50, 0, 250, 100), vintage_from=date(2030, 1, 1),
                    vintage_to=date(2040, 1, 1), tonnes=Decimal(4000))  # fmt: skip
    (finding,) = against(claim("n", HECTARE), known)
    assert (finding.check, finding.level) == ("G3", "BLOCK")
    assert finding.area_m2 == pytest.approx(5000, rel=1e-5)
    assert finding.area_mu == pytest.approx(7.5, rel=1e-5)
    assert (finding.vintage_from, finding.vintage_to) == (date(2030, 1, 1), date(2036, 1, 1))
    assert finding.years == pytest.approx(2191 / 365.25)
    # 1,000 t x 1/2 x 2191/3652 = 299.973 t; the known one has 4,000 x 1/4 x 2191/3652: more
    assert finding.tonnes == pytest.approx(Decimal("299.973"), abs=Decimal("0.01"))
    assert (finding.first, finding.claim.holder, finding.other.holder) == (  # type: ignore[union-attr]
        "k", "holder of n", "holder of k",
    )  # fmt: skip
    assert finding.rule == RULES.pair("CARB_F", "CARB_F").rule
    assert "50.0% of the smaller parcel" in finding.what.en
    assert "占较小地块的 50.0%" in finding.what.zh


@pytest.mark.parametrize("other", [
    HECTARE,
    box(40, 40, 60, 60),
    box(-50, -50, 150, 150),
    translate(HECTARE, 0.6, 0.8),
    translate(HECTARE, 6, 8),
    shapely.reverse(HECTARE),
    shapely.MultiPolygon([box(500, 0, 600, 100), box(10, 10, 30, 30)]),
    HECTARE.difference(box(40, 40, 60, 60)),
], ids=["identical", "within", "around", "moved 1 m", "moved 10 m", "ring order", "multipart",
        "hole"])  # fmt: skip
def test_the_same_forest_is_found(other: Any) -> None:
    assert ground(HECTARE, other) == CONFLICT
    assert ground(other, HECTARE) == CONFLICT


@pytest.mark.parametrize("other", [
    box(100, 0, 200, 100),
    box(100, 100, 200, 200),
    shapely.union_all([box(100, 0, 200, 37), box(100, 37, 200, 100)]),
    shapely.Polygon([(x, y) for x, y in np.array(box(100, -50, 180, 150).exterior.coords)]),
    box(-100, -100, 200, 200).difference(HECTARE),
    box(101, 0, 200, 100),
], ids=["border", "corner", "vertex on the border", "longer border", "in its hole",
        "apart"])  # fmt: skip
def test_neighbours_do_not_conflict(other: Any) -> None:
    assert ground(HECTARE, other) == []
    assert ground(other, HECTARE) == []


def test_a_border_digitised_anew_is_a_sliver_and_a_parcel_moved_as_far_is_a_conflict() -> None:
    neighbour = box(100, 0, 200, 100)
    for seed in range(20):
        near = jittered(neighbour, np.random.default_rng(seed))
        assert ground(HECTARE, near) in ([], SLIVER)
    # both are moved by 1 m; the strip at the neighbour's border is 1 m wide, the copy 99 m
    assert ground(HECTARE, translate(neighbour, -1, 0)) == SLIVER
    assert ground(HECTARE, translate(HECTARE, -1, 0)) == CONFLICT


def test_slivers_by_area_share_and_width() -> None:
    # 8 m x 8 m = 64 m2 < 66.7 m2 (0.1 mu), though 8 m wide
    assert ground(HECTARE, box(92, 92, 200, 200)) == SLIVER
    # 9 m x 9 m = 81 m2 = 0.8 % of a hectare
    assert ground(HECTARE, box(91, 91, 191, 191)) == CONFLICT
    # 20 m x 200 m = 4,000 m2 = 0.4 % of 100 ha
    assert ground(box(0, 0, 1000, 1000), box(980, 0, 2000, 1200)) == CONFLICT
    assert ground(box(0, 0, 1000, 1000), box(980, 800, 2000, 2000)) == SLIVER
    # 2.5 m along 100 m: 2.5 % of the parcel, but no wider than two surveys may differ
    assert ground(HECTARE, box(97.5, 0, 200, 100)) == SLIVER
    assert ground(HECTARE, box(96.5, 0, 200, 100)) == CONFLICT


def test_a_strip_with_a_wide_end_is_a_conflict() -> None:
    strip = shapely.union_all([box(99, 0, 150, 100), box(85, 0, 150, 15)])
    assert ground(HECTARE, strip) == CONFLICT


def test_small_and_narrow_parcels_are_not_slivers_of_themselves() -> None:
    tiny, belt = box(0, 0, 7, 7), box(0, 0, 2, 500)
    assert ground(tiny, tiny) == CONFLICT
    assert ground(belt, belt) == CONFLICT
    assert ground(belt, box(-50, -50, 50, 600)) == CONFLICT


def test_the_area_of_degrees_is_that_of_the_ellipsoid() -> None:
    one = shapely.box(119.5, 28.0, 119.51, 28.01)
    other = shapely.box(119.504, 28.0, 119.53, 28.008)
    (finding,) = against(claim("n", one, crs="EPSG:4490"), pledged("k", other, crs="EPSG:4490"))
    # an independent oracle: the geodesic polygon on the ellipsoid of CGCS2000
    area, _ = Geod(a=6378137.0, rf=298.257222101).geometry_area_perimeter(
        shapely.segmentize(shapely.box(119.504, 28.0, 119.51, 28.008), 1e-4)
    )
    assert finding.area_m2 == pytest.approx(area, rel=1e-6)


def test_claims_in_two_crs_are_compared() -> None:
    back = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    degrees = shapely.transform(
        HECTARE, lambda p: np.column_stack(back.transform(p[:, 0], p[:, 1]))
    )
    (finding,) = against(claim("n", degrees, crs="EPSG:4490"), pledged("k", HECTARE))
    assert finding.area_m2 == pytest.approx(10_000, rel=1e-5)
    neighbour = pledged("k", box(100, 0, 200, 100))
    assert against(claim("n", degrees, crs="EPSG:4490"), neighbour) == []


def test_years_that_end_where_others_begin_do_not_meet() -> None:
    later = {"vintage_from": date(2036, 1, 1), "vintage_to": date(2046, 1, 1)}
    assert checks(claim("n", HECTARE, **later), pledged("k", HECTARE)) == []
    last_day = later | {"vintage_from": date(2035, 12, 31)}
    (finding,) = against(claim("n", HECTARE, **last_day), pledged("k", HECTARE))
    assert finding.years == pytest.approx(1 / 365.25)


@pytest.mark.parametrize(("start", "end", "words"), [
    (None, date(2036, 1, 1), "open end"), (date(2026, 1, 1), None, "open end"),
    (date(2026, 1, 1), date(2026, 1, 1), "empty"), (date(2036, 1, 1), date(2026, 1, 1), "empty"),
])  # fmt: skip
def test_open_and_empty_intervals_are_refused(start: Any, end: Any, words: str) -> None:
    (finding,) = against(claim("n", HECTARE, vintage_from=start, vintage_to=end))
    assert (finding.check, finding.level) == ("V1", "BLOCK")
    assert words in finding.what.en


def test_an_open_end_hides_no_conflict() -> None:
    known = pledged("k", HECTARE, vintage_from=date(2040, 1, 1), vintage_to=date(2041, 1, 1))
    assert checks(claim("n", HECTARE, vintage_to=None), known) == [("G3", "BLOCK"), ("V1", "BLOCK")]


def test_the_matrix_answers_every_pair_of_rights() -> None:
    for right in RULES.rights:
        for other in RULES.rights:
            assert RULES.pair(right, other) is RULES.pair(other, right)
    count = len(RULES.rights)
    assert len(RULES.matrix) == count * (count + 1) / 2


@pytest.mark.parametrize(("right", "expected"), [
    ("CARB_F", [("G3", "BLOCK")]), ("CARB_I", [("G5", "BLOCK")]), ("COMP", [("G5", "FLAG")]),
    ("GEPR", [("C1", "BLOCK")]), ("TREE", [("G5", "BLOCK")]), ("WATER", []), ("ETS", []),
])  # fmt: skip
def test_rights_on_one_ground(right: str, expected: list[tuple[str, str]]) -> None:
    serials = (Serials("b", 1, 9),) if right in {"CARB_I", "ETS"} else ()
    other = claim("n", HECTARE, right=right, instrument="permit", serials=serials)
    assert checks(other, pledged("k", HECTARE)) == expected


def test_consent_of_the_other_holder_lifts_what_needs_it() -> None:
    trees = claim("n", HECTARE, right="TREE", facts={"consent_of": ("k",)})
    assert checks(trees, pledged("k", HECTARE)) == [("G5", "INFO")]
    someone_else = replace(trees, facts={"consent_of": ("other",)})
    assert checks(someone_else, pledged("k", HECTARE)) == [("G5", "BLOCK")]


def test_gep_without_its_carbon_stands_beside_carbon() -> None:
    gep = claim("n", HECTARE, right="GEPR", facts={"carbon_split": True})
    assert checks(gep, pledged("k", HECTARE)) == [("C1", "INFO")]
    assert checks(claim("n", HECTARE), replace(gep, claim_id="k", state="pledged")) == [
        ("C1", "INFO")
    ]


def test_that_gep_is_without_its_carbon_is_said_of_the_gep_right_alone() -> None:
    carbon = claim("n", HECTARE, facts={"carbon_split": True})
    assert checks(carbon, pledged("k", HECTARE, right="GEPR")) == [("C1", "BLOCK")]


def test_one_family_and_one_claim_again_are_no_conflict() -> None:
    same = {"family": "loan 7"}
    assert checks(claim("n", HECTARE, **same), pledged("k", HECTARE, **same)) == []
    assert checks(claim("k", HECTARE), pledged("k", HECTARE)) == []


@pytest.mark.parametrize(("state", "expected"), [
    ("pledged", [("G3", "BLOCK")]), ("partly_released", [("G3", "BLOCK")]),
    ("defaulted", [("G3", "BLOCK")]), ("reserved", [("G3", "FLAG")]),
    ("released", []), ("free", []),
])  # fmt: skip
def test_states_bar_tell_or_let_pass(state: str, expected: list[tuple[str, str]]) -> None:
    assert checks(claim("n", HECTARE), pledged("k", HECTARE, state=state)) == expected


def test_a_registered_project_bars_others_but_not_its_own_tonnes() -> None:
    project = pledged("k", HECTARE, state="project", programme="CCER", project="p1")
    assert checks(claim("n", HECTARE), project) == [("G6", "BLOCK")]
    other = claim("n", HECTARE, programme="VCS", project="p1")
    assert checks(other, project) == [("G6", "BLOCK")]
    assert checks(claim("n", HECTARE, programme="CCER", project="p1"), project) == []
    assert checks(claim("n", HECTARE, right="COMP"), project) == []


@pytest.mark.parametrize(("state", "check"), [
    ("sold", "V3"), ("presold", "C3"), ("forward_sale", "C3"), ("repo", "C3"), ("custody", "C3"),
])  # fmt: skip
def test_tonnes_that_are_sold_or_promised_are_found_on_the_ground(state: str, check: str) -> None:
    rules = bundled_rules()
    found = find_conflicts(
        [claim("n", HECTARE)], [pledged("k", HECTARE, state=state)], rules, TODAY
    )
    assert [(f.check, f.level) for f in found if f.other] == [(check, "BLOCK")]


def units(claim_id: str, first: int, last: int, **fields: Any) -> Claim:
    given = {"right": "CARB_I", "programme": "CCER", "project": "p1",
             "serials": (Serials("b1", first, last),)}  # fmt: skip
    return claim(claim_id, **(given | fields))


@pytest.mark.parametrize(("first", "last", "shared"), [
    (500, 600, 1), (1, 500, 401), (250, 260, 11), (1, 99, 0), (501, 900, 0),
])  # fmt: skip
def test_serials_meet_if_the_greater_first_is_no_greater_than_the_smaller_last(
    first: int, last: int, shared: int
) -> None:
    known = units("k", 100, 500, state="pledged", registered_at=NOON)
    found = against(units("n", first, last), known)
    assert [(f.check, f.level, f.tonnes) for f in found] == (
        [("S1", "BLOCK", Decimal(shared))] if shared else []
    )


@pytest.mark.parametrize(
    "state", ["retired", "cancelled", "escrowed", "frozen", "court_bought", "buffer"]
)
def test_units_that_are_spent_or_held_are_refused(state: str) -> None:
    known = units("k", 100, 500, state=state)
    found = find_conflicts([units("n", 500, 600)], [known], bundled_rules(), TODAY)
    assert [(f.check, f.level) for f in found if f.other] == [("S2", "BLOCK")]


def test_units_of_one_project_on_one_ground_are_told_apart_by_serial() -> None:
    known = units("k", 100, 500, geometry=HECTARE, state="pledged")
    assert checks(units("n", 501, 600, geometry=HECTARE), known) == []
    another = units("n", 1, 9, geometry=HECTARE, project="p2", serials=(Serials("b2", 1, 9),))
    assert checks(another, known) == [("G3", "BLOCK")]


def test_a_permit_is_pledged_once() -> None:
    water = {"right": "WATER", "instrument": "取水 7"}
    assert checks(claim("n", **water), pledged("k", **water)) == [("G3", "BLOCK")]
    assert checks(claim("n", **water), pledged("k", **water | {"instrument": "取水 8"})) == []


def test_issued_tonnes_are_conserved() -> None:
    # issued 1,000 t: 300 sold, 200 retired, 100 in the buffer; 400 are left
    taken = [
        units("s", 1, 300, tonnes=Decimal(300), state="sold"),
        units("r", 301, 500, tonnes=Decimal(200), state="retired"),
        units("b", 501, 600, tonnes=Decimal(100), state="buffer"),
    ]
    rules = bundled_rules().only(["S3"])
    facts = {"issued_tonnes": Decimal(1000)}
    for tonnes, fits in ((400, True), (401, False)):
        new = units("n", 601, 600 + tonnes, tonnes=Decimal(tonnes), facts=facts)
        found = find_conflicts([new], taken, rules, TODAY)
        assert [(f.check, f.tonnes) for f in found] == ([] if fits else [("S3", Decimal(1))])


def test_future_tonnes_of_a_parcel_stay_within_its_lower_bound() -> None:
    # 700 t known for 2026 to 2036; the first half of the days, 1,826 of 3,652, counts: 350 t
    rules = bundled_rules().only(["S4"])
    same = {"parcel_id": "one", "family": "f"}
    known = pledged("k", HECTARE, tonnes=Decimal(700), **same)
    half = {"vintage_to": date(2031, 1, 1), "tonnes": Decimal(200)}
    for bound, fits in ((550, True), (549, False)):
        facts = {"lower_bound_tonnes": Decimal(bound)}
        new = claim("n", HECTARE, facts=facts, **half, **same)
        found = find_conflicts([new], [known], rules, TODAY)
        assert [f.check for f in found] == ([] if fits else ["S4"])


def test_a_claim_that_is_known_counts_once_in_a_sum_and_parcels_without_a_name_not_at_all() -> None:
    facts = {"lower_bound_tonnes": Decimal(1000)}
    one = claim("n", HECTARE, parcel_id="one", facts=facts)
    rules = bundled_rules().only(["S4"])
    assert find_conflicts([one], [replace(one, state="pledged")], rules, TODAY) == []
    nameless = [claim(name, HECTARE, parcel_id="", facts=facts) for name in "ab"]
    assert find_conflicts(nameless, (), rules, TODAY) == []


def test_priority_is_by_time_whatever_the_zone_and_then_by_number() -> None:
    one = pledged("a", HECTARE, registration_number="10")
    later = pledged("b", HECTARE, registered_at=NOON + timedelta(seconds=1))
    assert against(one, later)[0].first == "a"
    china = timezone(timedelta(hours=8))
    same = pledged("b", HECTARE, registered_at=datetime(2026, 3, 1, 12, tzinfo=china),
                   registration_number="9")  # fmt: skip
    assert same.registered_at == NOON
    found = against(one, same)
    assert [(f.check, f.first) for f in found] == [("G3", "b"), ("P2", "b")]
    unclear = against(one, replace(same, registration_number="10"))
    assert [(f.check, f.first) for f in unclear] == [("G3", ""), ("P2", "")]
    assert "cannot be told" in unclear[1].what.en
    assert against(claim("n", HECTARE), one)[0].first == "a"
    assert against(claim("n", HECTARE), claim("m", HECTARE, state="pledged"))[0].first == ""
    assert NOON.tzinfo is UTC


def test_new_claims_are_compared_among_themselves_once() -> None:
    found = find_conflicts([claim("a", HECTARE), claim("b", HECTARE)], (), RULES, TODAY)
    assert [(f.check, f.level) for f in found] == CONFLICT


def test_a_right_without_that_by_which_it_is_found_has_not_passed() -> None:
    assert [(f.check, f.missing) for f in against(claim("n"))] == [("G3", ("geometry",))]
    water = claim("n", right="WATER")
    assert [(f.check, f.missing) for f in against(water)] == [("G3", ("instrument",))]
    issued = claim("n", HECTARE, right="CARB_I")
    assert [(f.check, f.missing) for f in against(issued)] == [("S1", ("serials",))]


def test_unknown_rights_states_and_checks_are_refused_with_the_nearest() -> None:
    for new, words in ((claim("n", HECTARE, right="CARBF"), "CARB_F"),
                       (claim("n", HECTARE, state="pledge"), "pledged")):  # fmt: skip
        with pytest.raises(UnknownNameError, match=words):
            find_conflicts([new], [pledged("k", HECTARE)], RULES, TODAY)
    with pytest.raises(UnknownNameError, match="G7"):
        RULES.only(["G7"])


def test_a_kept_register_answers_as_a_list_does() -> None:
    known = [pledged(f"k{i}", box(60 * i, 0, 60 * i + 80, 100)) for i in range(4)]
    new = [claim("n", HECTARE)]
    assert find_conflicts(new, KnownClaims(known), RULES, TODAY) == find_conflicts(
        new, known, RULES, TODAY
    )
