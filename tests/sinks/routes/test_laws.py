"""What holds for every route whatever the stand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.forests import species_groups
from data_catalog.parameters import bundled
from data_catalog.references import references
from data_catalog.spec import Column, Factor
from data_catalog.tables import tables
from data_catalog.units import registry
from sinks.estimates import together
from sinks.pools import POOLS
from sinks.routes import ADDITIONS, ROUTES, Choices, stocks, table

MODELS = {m.id: m for r in ROUTES for m in r.models()} | {a.model.id: a.model for a in ADDITIONS}
ADDED = ("dead_wood_share", "litter_by_type", "soil_by_type", "understory_by_type")
EVERY = Choices(routes=tuple(route.id for route in ROUTES), added=ADDED)
volumes = st.floats(0, 600, allow_nan=False)
# what each set of the volume routes knows
species = st.sampled_from(["杉木", "马尾松", "硬阔", "软阔", "栎类", "木荷", "柏木", "针叶混交林"])


def stands(rows: list[dict[str, Any]]) -> pd.DataFrame:
    plain = {"year": 2008, "area_ha": 1.0, "origin": "人工", "age_group": "中", "volume_se": 1.0}
    return pd.DataFrame([{"parcel_id": f"{i:02d}", **plain, **row} for i, row in enumerate(rows)])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(species, volumes), min_size=1, max_size=5))
def test_no_pool_is_below_zero_and_no_error_negative(found: list[tuple[str, float]]) -> None:
    rows = stands([{"species": s, "volume": v, "above_ground_biomass": v} for s, v in found])
    for one in stocks(rows, bundled(), EVERY):
        assert (one.pools.value >= 0).all(), one.route.id
        assert not (one.pools.se < 0).any(), one.route.id
        assert set(one.pools.keys["pool"]) <= set(POOLS)


@settings(max_examples=15, deadline=None)
@given(species, volumes, st.floats(0, 200))
def test_more_volume_is_never_less_carbon(name: str, volume: float, more: float) -> None:
    rows = stands([{"species": name, "volume": v} for v in (volume, volume + more)])
    for one in stocks(rows, bundled(), Choices(routes=("volume_fixed", "volume_linear"))):
        for pool in ("above_ground", "below_ground"):
            low, high = one.pools.value[(one.pools.keys["pool"] == pool).to_numpy()]
            assert low <= high, (one.route.id, pool)


@settings(max_examples=15, deadline=None)
@given(species, volumes, st.floats(0, 1000))
def test_carbon_and_its_errors_go_with_the_area(name: str, volume: float, area: float) -> None:
    rows = stands([{"species": name, "volume": volume, "area_ha": a} for a in (1.0, area)])
    for one in (o for o in stocks(rows, bundled(), EVERY) if len(o.total)):
        assert one.total.value[1] == pytest.approx(one.total.value[0] * area), one.route.id
        for source in one.total.spatial.values():
            small, large = np.sqrt(source.variance())
            assert large == pytest.approx(small * area, nan_ok=True), one.route.id


@settings(max_examples=4, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_the_parcels_does_not_matter(order: list[int]) -> None:
    rows = stands([{"species": s, "volume": 50.0 + 30 * i}
                   for i, s in enumerate(("杉木", "马尾松", "硬阔", "栎类"))])  # fmt: skip
    names = ["parcel_id", "route", "pool"]
    plain = table(stocks(rows, bundled(), EVERY)).sort_values(names, ignore_index=True)
    other = table(stocks(rows.iloc[list(order)], bundled(), EVERY))
    pd.testing.assert_frame_equal(plain, other.sort_values(names, ignore_index=True))


def test_a_parcel_s_total_is_the_sum_of_its_pools() -> None:
    rows = stands([{"species": "杉木", "volume": 90.0}, {"species": "马尾松", "volume": 20.0}])
    found = stocks(rows, bundled(), EVERY)
    assert len(found) >= 5
    for one in found:
        summed = one.pools.summed(["parcel_id"])
        np.testing.assert_allclose(summed.value, one.total.value, rtol=1e-12)
        for source, effect in one.total.shared.items():
            np.testing.assert_allclose(summed.shared[source], effect, rtol=1e-9, equal_nan=True)


def test_routes_may_be_summed_together() -> None:
    rows = stands([{"species": "杉木", "volume": 90.0}])
    both = together(one.pools for one in stocks(rows, bundled(), EVERY))
    assert both.summed(["route"]).keys["route"].nunique() >= 5


@pytest.mark.parametrize("name", MODELS)
def test_a_model_in_its_units_gives_its_units(name: str) -> None:
    model = MODELS[name]
    if model.empirical:
        pytest.skip(model.empirical)
    given: dict[str, Any] = {n: registry.Quantity(np.float64(0.5), i.units)  # type: ignore[union-attr]
                             for n, i in model.inputs.items()}  # fmt: skip
    got = model(**given)
    assert got.dimensionality == registry.Quantity(1, model.output.units).dimensionality


@pytest.mark.parametrize("name", MODELS)
def test_a_model_reads_columns_and_parameters_that_there_are(name: str) -> None:
    model = MODELS[name]
    assert model.source.key in references()
    columns = {c for n in ("inventory", "trees", "bamboo") for c in tables()[n].columns}
    known = bundled().names() | {"shrub_carbon_density"}
    for key, given_ in model.inputs.items():
        if isinstance(given_, Column):
            assert key in columns
        elif isinstance(given_, Factor):
            assert (given_.table or key) in known
            assert not given_.by or given_.by in columns


def test_every_species_group_can_be_told_and_every_route_says_when() -> None:
    for group in species_groups().values():
        assert group.title.zh
        assert group.title.en
    for route in ROUTES:
        assert route.when.zh.endswith("。"), route.id
        assert route.when.en.endswith("."), route.id
