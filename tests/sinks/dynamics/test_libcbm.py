"""Against libcbm 2.10.2 (form cbm_exn): the same increments and decay give the same pools.

Measured over 100 years, softwood and hardwood, two climates, clear-cut and wildfire: every pool
agrees to 1e-4 of itself, and to 2e-7 where nothing burnt. What is left is explained:

- 1e-7: libcbm ships its parameters as float32 (0.35499998927), the rows hold 0.355;
- after a wildfire, a millionth of what burnt: in libcbm's matrices 372 and 852 the shares of a pool
  sum to 0.999999. libcbm loses the rest; here it stays in the pool, so that carbon is conserved.
  Of branches of 8.7 t C/ha 8.7e-6 t C/ha stay: 1e-4 of the 0.09 t C/ha that grow in the next year;
- libcbm's own yearly step computes the growth of roots from the stand before the disturbance and
  applies it to what is left, so roots are off in that one year (a test below says by how much). Its
  two parts one after the other, as used here, do not have that.

Not compared: negative increments. libcbm takes them off and adds a share of the pool after half of
it to the dead matter; here exactly what is taken off dies.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.parameters import bundled
from sinks.dynamics import cbm
from sinks.dynamics import stand as carbon
from tests.sinks.dynamics.cbm_stands import (
    CASE,
    EVENTS,
    NAMES,
    SETS,
    TEMPERATURE,
    YEARS,
    increments,
    run_libcbm,
)

ROWS = bundled()
RECORDED = Path(__file__).parent / "cases" / "libcbm_exn_recorded.csv"
FIRST = min(EVENTS)
DISTURBED = 2
CLOSE = {"rtol": 1e-6, "atol": 2e-5}
"""A millionth of a pool, and a millionth of the 20 t C/ha that burn at most, t C/ha."""
TENTH_OF_A_PERCENT = 1e-3


def ours(start: pd.DataFrame, stand: int) -> carbon.Path:
    """Return our run of one of libcbm's stands, from its state at year 0."""
    first = start[start["stand"] == stand].iloc[0]
    events = [
        carbon.Event(year=year, disturbance=cbm.disturbance(ROWS, stands[stand]))
        for year, (_, stands) in EVENTS.items()
        if stand in stands
    ]
    return carbon.simulate(
        cbm.scheme(ROWS, SETS[stand]),
        {name: np.array([first[name]]) for name in NAMES.values()},
        {pool: amount[:, [stand]] for pool, amount in increments().items()},
        TEMPERATURE[[stand]],
        events,
    )


def compare(theirs: pd.DataFrame) -> None:
    for stand in range(len(SETS)):
        path = ours(theirs[theirs["year"] == 0], stand)
        of_stand = theirs[theirs["stand"] == stand]
        for name in NAMES.values():
            found = path.of(name)[of_stand["year"].to_numpy(), 0]
            wanted = of_stand[name].to_numpy()
            np.testing.assert_allclose(found, wanted, err_msg=f"{stand} {name}", **CLOSE)
            there = wanted > 0
            apart = np.abs(found[there] / wanted[there] - 1)
            assert (apart < TENTH_OF_A_PERCENT).all(), (stand, name)
        assert path.imbalance().max() < 1e-9


def test_the_recorded_years_of_libcbm_are_reproduced_pool_by_pool():
    theirs = pd.read_csv(CASE)
    assert set(theirs["year"]) >= {0, 1, 31, 61, YEARS}
    compare(theirs)


@pytest.mark.parametrize(
    "years", [FIRST + 2, pytest.param(YEARS, marks=pytest.mark.torture, id="all")]
)
def test_libcbm_itself_agrees_in_every_year(years):
    pytest.importorskip("libcbm", reason="libcbm is not installed: the recorded years stand for it")
    theirs = run_libcbm(years)
    assert len(theirs) == (years + 1) * len(SETS)
    compare(theirs)


def test_libcbm_s_own_step_grows_the_roots_of_the_stand_before_the_disturbance():
    pytest.importorskip("libcbm", reason="libcbm is not installed")
    theirs = run_libcbm(FIRST + 2, growth_before_event=True)
    stand = theirs[theirs["stand"] == DISTURBED].set_index("year")
    roots = cbm.scheme(ROWS, SETS[DISTURBED]).roots
    grown = {pool: amount[:, DISTURBED] for pool, amount in increments().items()}
    before = stand.loc[FIRST]
    shoots = sum(before[pool] + amount[FIRST] for pool, amount in grown.items())
    coarse, fine = roots.of(shoots)
    after = stand.loc[FIRST + 1]
    # their increment is f(shoots before the event) - roots before it, put on none
    assert after["coarse_roots"] == pytest.approx(coarse - before["coarse_roots"], rel=1e-5)
    assert after["fine_roots"] == pytest.approx(fine - before["fine_roots"], rel=1e-5)
    # a year later they are where ours are
    later = sum(stand.loc[FIRST + 1, pool] + amount[FIRST + 1] for pool, amount in grown.items())
    assert stand.loc[FIRST + 2, "coarse_roots"] == pytest.approx(roots.of(later)[0], rel=1e-6)


def test_the_recorded_biomass_of_a_single_stand_is_reproduced():
    # stem + 0.8, other + 0.25 a year; at the 10th year stem 7.2, foliage 2, other 2.25 t C/ha
    recorded = pd.read_csv(RECORDED).set_index("t")
    shoots = {"stem": 7.2, "foliage": 2.0, "other": 2.25}
    scheme = cbm.scheme(ROWS, "cbm-softwood")
    coarse, fine = scheme.roots.of(sum(shoots.values()))
    start = {**shoots, "coarse_roots": coarse, "fine_roots": fine}
    years = int(recorded.index.max())
    path = carbon.simulate(
        scheme,
        {pool: np.array([amount]) for pool, amount in start.items()},
        {"stem": np.full((years, 1), 0.8), "foliage": np.zeros((years, 1)),
         "other": np.full((years, 1), 0.25)},
        np.array([16.0]),
    )  # fmt: skip
    account = path.account()
    biomass = (account["above_ground"] + account["below_ground"])[:, 0]
    for t, row in recorded.iterrows():
        assert biomass[int(t)] == pytest.approx(row["biomass_tC_ha"], abs=0.0005)
    # the dead pools it started from are not recorded, but what they lost from the first to the
    # second year is: with the litter fall of our second year it makes 3.0157 t C of decay. The
    # recorded flux is twice that, as it adds libcbm's total of decay to its parts by pool
    fallen = path.fluxes["input"][1, 0] - (biomass[2] - biomass[1])
    to_air = fallen + recorded.loc[1, "dom_tC_ha"] - recorded.loc[2, "dom_tC_ha"]
    flux = recorded.loc[2, "decay_to_atm_and_transfer_flux"]
    assert 2 * to_air == pytest.approx(flux, abs=0.002)
