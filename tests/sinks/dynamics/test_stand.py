"""The annual simulator: carbon is conserved, no pool is below zero, events and products by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, ProjectError, UnknownNameError
from data_catalog.parameters import bundled
from data_catalog.text import Text
from sinks.dynamics import cbm
from sinks.dynamics.harvested_wood import stock_path
from sinks.dynamics.scheme import Disturbance, Flow, Roots
from sinks.dynamics.stand import Event, Path, simulate
from sinks.pools import POOLS

ROWS = bundled()
SOFTWOOD = cbm.scheme(ROWS, "cbm-softwood")
HARDWOOD = cbm.scheme(ROWS, "cbm-hardwood")
CLEARCUT = cbm.disturbance(ROWS, "cbm-clearcut")
WILDFIRE_HARD = cbm.disturbance(ROWS, "cbm-wildfire-hardwood")
WILDFIRE = cbm.disturbance(ROWS, "cbm-wildfire-softwood")
SHOOTS = ("stem", "foliage", "other")
NAMES = [pool.id for pool in cbm.POOLS]


def grown(years: int, stands: int = 1, stem: float = 0.8) -> dict[str, np.ndarray]:
    return {
        "stem": np.full((years, stands), stem),
        "foliage": np.full((years, stands), 0.1),
        "other": np.full((years, stands), 0.25),
    }


def some_stand(years: int = 50, events: tuple[Event, ...] = (), products: tuple = ()) -> Path:
    start = {name: np.array([float(i + 1)]) for i, name in enumerate(NAMES)}
    scheme = SOFTWOOD.with_products(products) if products else SOFTWOOD
    return simulate(scheme, start, grown(years), np.array([16.0]), events)


def test_the_medium_pool_decays_at_16_degrees_as_case_19_says():
    # 0.0374 x 2^((16 - 10) / 10) = 0.05669 a year, 83 % of it to the air
    (step,) = (s for s in SOFTWOOD.steps if s.id == "decay")
    flows = {f.sink: f.share(np.array([16.0]))[0] for f in step.flows if f.source == "medium"}
    assert flows["co2"] + flows["above_slow"] == pytest.approx(0.05669, abs=5e-6)
    assert flows["co2"] == pytest.approx(0.83 * 0.05669, abs=5e-6)


def test_a_year_of_one_pool_by_hand():
    # 100 t C of fallen stems at 10 degrees: 3.74 decay, 3.1042 to the air, 0.6358 to the slow
    # pool, of which 1.5 % decay and of the rest 0.6 % mix into the soil in the same year:
    # 0.009537 to the air, 0.626263 x 0.006 = 0.003757578 mixed, 0.622505422 left
    none = {pool: np.zeros((1, 1)) for pool in SHOOTS}
    path = simulate(SOFTWOOD, {"medium": np.array([100.0])}, none, np.array([10.0]))
    assert path.of("medium")[1, 0] == pytest.approx(96.26)
    assert path.of("above_slow")[1, 0] == pytest.approx(0.622505422)
    # of what was mixed in this year nothing has decayed yet
    assert path.of("below_slow")[1, 0] == pytest.approx(0.003757578)
    assert path.fluxes["decay"][0, 0] == pytest.approx(3.1042 + 0.009537)
    assert path.fluxes["input"][0, 0] == 0


def test_turnover_is_replaced_by_growth_and_counts_as_input():
    # an even stand of 100 t C of stems: 0.5 % fall each year, and growth puts them back
    none = {pool: np.zeros((1, 1)) for pool in (*SHOOTS, "coarse_roots", "fine_roots")}
    path = simulate(SOFTWOOD, {"stem": np.array([100.0])}, none, np.array([-273.0]))
    assert path.of("stem")[1, 0] == 100
    assert path.of("stem_snag")[1, 0] == pytest.approx(0.5)
    assert path.fluxes["input"][0, 0] == pytest.approx(0.5)


def test_roots_follow_the_shoots():
    # softwood: 0.222 x 100 t/ha = 22.2 t/ha; fine 0.072 + 0.354 e^(-0.06021195 x 22.2) = 0.16500
    coarse, fine = SOFTWOOD.roots.of(np.array([50.0]))
    assert coarse[0] + fine[0] == pytest.approx(11.1)
    assert fine[0] == pytest.approx(11.1 * 0.16500, abs=1e-4)
    # hardwood: 1.576 x 100^0.615 = 26.7644 t/ha
    coarse, fine = HARDWOOD.roots.of(np.array([50.0]))
    assert coarse[0] + fine[0] == pytest.approx(26.7644 / 2, abs=5e-4)


def test_what_declines_dies_and_stays_on_the_site():
    falling = {pool: np.zeros((1, 1)) for pool in (*SHOOTS, "coarse_roots", "fine_roots")}
    falling["other"][:] = -4.0
    path = simulate(SOFTWOOD, {"other": np.array([10.0])}, falling, np.array([-273.0]))
    assert path.of("other")[1, 0] == pytest.approx(6)
    # turnover 10 x 0.04 = 0.4 besides; a quarter of both to snags: (4 + 0.4) x 0.25 = 1.1
    assert path.of("branch_snag")[1, 0] == pytest.approx(1.1)
    assert path.of("above_fast")[1, 0] == pytest.approx(3.3)


def test_no_more_dies_than_there_is():
    falling = {pool: np.full((3, 1), -50.0) for pool in SHOOTS}
    path = simulate(SOFTWOOD, {"stem": np.array([10.0])}, falling, np.array([16.0]))
    assert (path.pools >= 0).all()
    assert path.of("stem")[-1, 0] == 0
    assert path.imbalance().max() < 1e-9


def test_a_clear_cut_takes_out_stems_and_snags():
    # 85 % of the stem and half of the standing snags leave; the start has stem 1, snags 13
    path = some_stand(1, (Event(year=0, disturbance=CLEARCUT),))
    assert path.fluxes["taken_out"][0, 0] == pytest.approx(0.85 * 1 + 0.5 * 13)
    assert path.of("products")[1, 0] == pytest.approx(7.35)


def test_half_a_stand_cut_gives_half_the_wood():
    whole, half = (
        some_stand(1, (Event(year=0, disturbance=CLEARCUT, share=share),)) for share in (1.0, 0.5)
    )
    assert half.fluxes["taken_out"] == pytest.approx(whole.fluxes["taken_out"] / 2)


def test_products_of_a_stand_decay_like_products_of_any_other_source():
    events = (Event(year=2, disturbance=CLEARCUT), Event(year=30, disturbance=CLEARCUT))
    products = (
        cbm.product(ROWS, "sawnwood", 0.4),
        cbm.product(ROWS, "wood_panels", 0.3),
        cbm.product(ROWS, "paper", 0.1),
    )
    path = some_stand(60, events, products)
    for product in products:
        expected = stock_path(path.fluxes["taken_out"] * product.share, product.half_life)
        np.testing.assert_allclose(path.of(product.pool.id), expected, rtol=1e-12)
    # a fifth of the wood is in no product: it goes to the air in its own year
    lost = path.fluxes["product_decay"][2, 0]
    assert lost > 0.2 * path.fluxes["taken_out"][2, 0]
    assert path.imbalance().max() < 1e-9


def test_the_account_has_all_pools_and_all_carbon():
    path = some_stand(5, (Event(year=1, disturbance=CLEARCUT),))
    account = path.account()
    assert set(account) == set(POOLS)
    np.testing.assert_allclose(sum(account.values()), path.pools.sum(axis=1))


@pytest.mark.parametrize("found", [CLEARCUT, WILDFIRE, WILDFIRE_HARD], ids=lambda d: d.id)
def test_a_disturbance_empties_the_living_pools(found):
    # the published shares are rounded to six digits: a millionth of a pool may stay
    for pool in (p.id for p in cbm.POOLS if p.live):
        moved = sum(flow.part for flow in found.flows if flow.source == pool)
        assert moved == pytest.approx(1, abs=2e-6), pool


carbon = st.floats(0, 500)
increment = st.floats(-5, 10)


@st.composite
def stands(draw):
    """Draw a scheme, a start, increments, temperatures and events of some stands."""
    size, years = draw(st.integers(1, 3)), draw(st.integers(1, 12))

    def numbers(of, count):
        return np.array(draw(st.lists(of, min_size=count, max_size=count)))

    start = {name: numbers(carbon, size) for name in NAMES}
    increments = {p: numbers(increment, years * size).reshape(years, size) for p in SHOOTS}
    events = [
        Event(
            year=draw(st.integers(0, years - 1)),
            disturbance=draw(st.sampled_from([CLEARCUT, WILDFIRE, WILDFIRE_HARD])),
            share=numbers(st.floats(0, 1), size),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    scheme = draw(st.sampled_from([SOFTWOOD, HARDWOOD]))
    if draw(st.booleans()):
        scheme = scheme.with_products([cbm.product(ROWS, "sawnwood", draw(st.floats(0, 1)))])
    return scheme, start, increments, numbers(st.floats(-10, 30), size), events


@settings(max_examples=60)
@given(stands())
def test_carbon_is_conserved_and_no_pool_is_below_zero(case):
    path = simulate(*case)
    assert path.imbalance().max() < 1e-9
    assert (path.pools >= 0).all()
    assert all((flux >= 0).all() for flux in path.fluxes.values())


@settings(max_examples=20)
@given(stands())
def test_a_stand_does_not_depend_on_its_neighbours(case):
    scheme, start, increments, temperature, events = case
    whole = simulate(*case)
    for i in range(len(temperature)):
        alone = simulate(
            scheme,
            {name: amount[[i]] for name, amount in start.items()},
            {name: amount[:, [i]] for name, amount in increments.items()},
            temperature[[i]],
            [Event(year=e.year, disturbance=e.disturbance, share=e.share[[i]]) for e in events],
        )
        np.testing.assert_array_equal(whole.pools[:, :, [i]], alone.pools)


@settings(max_examples=20)
@given(first=st.floats(0, 1), more=st.floats(0, 1))
def test_more_burnt_area_emits_more(first, more):
    small, large = sorted((first, more))
    gases = [
        sum(some_stand(1, (Event(year=0, disturbance=WILDFIRE, share=s),)).fluxes[g][0, 0]
            for g in ("co2", "ch4", "co"))
        for s in (small, large)
    ]  # fmt: skip
    assert gases[0] <= gases[1] + 1e-12


def test_a_stand_without_growth_only_loses():
    path = simulate(
        SOFTWOOD, {name: np.array([10.0]) for name in NAMES if name not in (*SHOOTS, "coarse_roots",
                                                                            "fine_roots")},
        {pool: np.zeros((200, 1)) for pool in SHOOTS}, np.array([16.0]),
    )  # fmt: skip
    assert (np.diff(path.pools.sum(axis=1), axis=0) < 0).all()


# faults


def test_a_scheme_without_its_rows_stops_and_names_the_first():
    with pytest.raises(ParameterMissing, match=r"turnover_rate|turnover_share"):
        cbm.scheme(ROWS, "cbm-bamboo")
    with pytest.raises(ParameterMissing, match="disturbance_share"):
        cbm.disturbance(ROWS, "cbm-typhoon")


def test_a_disturbance_that_moves_more_than_there_is_is_refused():
    flows = tuple(Flow(source="stem", sink=s, rate=1.0, part=0.7) for s in ("medium", "products"))
    with pytest.raises(ProjectError, match=r"typhoon: stem: .* sum to 1\.4"):
        Disturbance(id="typhoon", title=Text("台风", "typhoon"), flows=flows)


def test_an_unknown_pool_is_named_with_a_suggestion():
    with pytest.raises(UnknownNameError, match="stems"):
        simulate(SOFTWOOD, {"stems": np.ones(1)}, grown(1), np.array([16.0]))


def test_a_negative_start_or_a_missing_increment_is_refused():
    with pytest.raises(ProjectError, match="start: stem is -1"):
        simulate(SOFTWOOD, {"stem": np.array([-1.0])}, grown(1), np.array([16.0]))
    holes = grown(2) | {"stem": np.array([[1.0], [np.nan]])}
    with pytest.raises(ProjectError, match="increments: stem is nan"):
        simulate(SOFTWOOD, {}, holes, np.array([16.0]))


def test_increments_of_another_number_of_stands_are_refused():
    with pytest.raises(ProjectError, match=r"must be \(3, 2\)"):
        simulate(SOFTWOOD, {}, grown(3, stands=1), np.array([16.0, 12.0]))


def test_an_unknown_increment_or_a_year_beyond_the_last_is_refused():
    with pytest.raises(UnknownNameError, match="stems"):
        simulate(SOFTWOOD, {}, {"stems": np.ones((1, 1))}, np.array([16.0]))
    with pytest.raises(ProjectError, match="an event is in year 5, but the years are 0 to 2"):
        some_stand(3, (Event(year=5, disturbance=CLEARCUT),))


def test_a_start_of_another_number_of_stands_is_refused():
    with pytest.raises(ProjectError, match=r"start: the shapes are stem \(3,\)"):
        simulate(SOFTWOOD, {"stem": np.ones(3)}, grown(1), np.array([16.0]))


def test_a_share_above_one_is_refused():
    with pytest.raises(ProjectError, match=r"share is 1\.5"):
        some_stand(1, (Event(year=0, disturbance=CLEARCUT, share=1.5),))


def test_a_root_to_shoot_ratio_is_a_root_equation_with_exponent_one():
    roots = Roots(a=0.25, b=1, fine=(0.1, 0, 0), carbon_fraction=0.5)
    coarse, fine = roots.of(np.array([40.0]))
    assert (coarse[0], fine[0]) == pytest.approx((9, 1))
