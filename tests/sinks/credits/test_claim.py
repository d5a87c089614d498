"""Claims from changes of parcels to vintages."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_catalog.errors import GepError, ParameterMissing, Problems, ProjectError, RunError
from data_catalog.methodologies import bundled
from sinks.credits.removals import read_removals
from sinks.credits.vintages import COLUMNS, read_vintages, write_vintages
from sinks.estimates import Estimates
from sinks.uncertainty.fields import Field, Spread
from sinks.uncertainty.files import write_estimates
from tests.sinks.credits.claims import FREE, credit, facts, removals

CO2 = 44 / 12
some_changes = st.dictionaries(
    st.sampled_from("ABCDEFG"), st.tuples(*[st.floats(-200, 200)] * 3), min_size=1
)
with_folder = settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_a_vintage_by_hand(tmp_path: Path) -> None:
    # 30 t C and 10 t C: 40 x 44/12 = 146.666 t CO2e (each parcel in 0.001 t: 110.000 + 36.667);
    # one error of 12 % for both, U = 1.6449 x 12 % = 19.74 %, deducted 0.1974/1.6449 x 0.4307
    # = 5.168 %: 146.667 - 7.580 = 139.087; buffer 20 %: 27.817; 111.270 -> 111
    rows = FREE + "non_permanence_share,20,percent,registry\n"
    of = facts(tmp_path, 'pools = ["below_ground"]', rows=rows)
    found = credit(removals({"A": (30.0,), "B": (10.0,)}, se=0.12), "vcs-4.4", of)
    assert found.total["gross"] == 146.667
    assert found.total["uncertainty"] == pytest.approx(-7.580, abs=2e-3)
    assert found.total["buffer"] == pytest.approx(-27.817, abs=1e-3)
    assert found.total["issuable"] == 111
    # parcels share by their own removal: 3 to 1; both err by 12 %, and so does their sum
    assert found.vintages["net_tCO2e"].tolist() == [83.25, 27.75]
    assert found.vintages["se_tCO2e"].to_numpy() == pytest.approx([9.99, 3.33], rel=1e-4)
    assert found.total["se_tCO2e"] == pytest.approx(111 * 0.12, rel=1e-4)
    # one-sided 90 %: 1 - 1.2816 x 0.12 = 0.8462
    assert found.vintages["lower_tCO2e"].to_numpy() == pytest.approx(
        [83.25 * 0.84621, 27.75 * 0.84621], rel=1e-4
    )
    assert found.vintages["vintage_from"].tolist() == [date(2016, 1, 1)] * 2
    assert found.vintages["vintage_to"].tolist() == [date(2017, 1, 1)] * 2


def test_the_bound_of_all_parcels_keeps_what_they_have_in_common(tmp_path: Path) -> None:
    changes = {f"P{i}": (40.0,) for i in range(25)}
    common = credit(removals(changes, se=0.2), "ipcc-stock-difference", facts(tmp_path))
    apart = credit(removals(changes, own=0.2), "ipcc-stock-difference", facts(tmp_path))
    assert common.vintages["se_tCO2e"].tolist() == apart.vintages["se_tCO2e"].tolist()
    # in common: 20 % of the total; each its own: 20 % / sqrt(25)
    total = common.total["issuable"]
    assert common.total["se_tCO2e"] == pytest.approx(0.2 * total, rel=1e-3)
    assert apart.total["se_tCO2e"] == pytest.approx(0.2 * total / 5, rel=1e-3)


def test_a_parcel_s_own_error_is_one_in_all_its_pools_and_years(tmp_path: Path) -> None:
    found = credit(removals({"A": (50.0, 50.0)}, own=0.1), "ipcc-stock-difference",
                   facts(tmp_path))  # fmt: skip
    assert found.total["se_tCO2e"] == pytest.approx(0.1 * found.total["issuable"], rel=1e-3)


@given(some_changes, st.floats(0, 0.5))
@with_folder
def test_parcels_add_up_and_never_get_more_than_they_removed(
    tmp_path: Path, changes: dict[str, tuple[float, ...]], se: float
) -> None:
    found = credit(removals(changes, se=se), "gs-403", facts(tmp_path))
    net, gross = found.vintages["net_tCO2e"], found.vintages["gross_tCO2e"]
    assert (net >= 0).all()
    assert (net <= gross.clip(lower=0) + 1e-9).all()
    by_vintage = found.vintages.groupby("vintage_from")[["gross_tCO2e", "net_tCO2e"]].sum()
    assert by_vintage["net_tCO2e"].to_numpy() == pytest.approx(found.table["issuable"], abs=1e-6)
    assert by_vintage["gross_tCO2e"].to_numpy() == pytest.approx(found.table["gross"], abs=1e-6)
    assert (found.vintages["lower_tCO2e"] <= net).all()


@given(st.permutations("ABCD"))
@with_folder
def test_the_order_of_parcels_changes_nothing(tmp_path: Path, order: list[str]) -> None:
    of = {"A": (30.0, 5.0), "B": (-10.0, 8.0), "C": (7.0, 7.0), "D": (7.0, 7.0)}
    first = credit(removals(of, se=0.15), "gs-403", facts(tmp_path))
    again = credit(removals({p: of[p] for p in order}, se=0.15), "gs-403", facts(tmp_path))
    assert again.vintages.equals(first.vintages)
    assert again.total == pytest.approx(first.total)


@given(st.floats(0.01, 1), st.floats(0, 1))
@with_folder
def test_a_surer_change_never_gives_fewer_credits(tmp_path: Path, se: float, less: float) -> None:
    of = facts(tmp_path, rows=FREE + "non_permanence_share,15,percent,registry\n")
    for name in ("vcs-4.4", "gs-403", "ar-acm0003", "car-fpp-5.1"):
        unsure, surer = (
            credit(removals({"A": (30.0,), "B": (10.0,)}, se=s), name, of).total["issuable"]
            for s in (se, se * less)
        )
        assert surer >= unsure, name


def test_years_of_a_period_share_it_evenly(tmp_path: Path) -> None:
    found = removals({"A": (60.0,)})
    keys = found.change.keys.assign(year_to=2020)
    five = removals({"A": (60.0,)})
    object.__setattr__(five.change, "keys", keys)
    claim = credit(five, "ipcc-stock-difference", facts(tmp_path), yearly=True)
    # 60 x 44/12 = 220 t over five years: 44 each
    assert claim.table["gross"].to_numpy() == pytest.approx([44] * 5)
    assert claim.table["vintage_from"].tolist() == [date(y, 1, 1) for y in range(2016, 2021)]
    whole = credit(five, "ipcc-stock-difference", facts(tmp_path))
    assert whole.table["gross"].tolist() == pytest.approx([220])
    assert whole.table["vintage_to"].tolist() == [date(2021, 1, 1)]


def test_what_lies_outside_the_crediting_period_is_left_out(tmp_path: Path) -> None:
    of = facts(tmp_path, "[facts]\ncrediting_from = 2016-07-02\ncrediting_to = 2018-01-01")
    found = credit(removals({"A": (30.0, 30.0, 30.0)}), "ipcc-stock-difference", of)
    # 110 t a year; of 2016, a leap year, 183 of 366 days
    assert found.table["gross"].tolist() == [55.0, 110.0]
    assert found.table["vintage_from"].iloc[0] == date(2016, 7, 2)


def test_a_baseline_is_taken_off_and_errs_too(tmp_path: Path) -> None:
    of = facts(
        tmp_path, '[baseline]\npath = "before.csv"\n',
        before="parcel_id,year_from,year_to,tCO2e,se_tCO2e\nA,2014,2016,20,4\n",
    )  # fmt: skip
    found = credit(removals({"A": (30.0,)}), "gs-403", of)
    # half of the two years' 20 t: 110 - 10; its error, 2, is U = 3.29 %
    assert found.total["baseline"] == -10
    assert found.table["uncertainty_U"].iloc[0] == pytest.approx(1.64485 * 2 / 100, rel=1e-4)


def test_a_baseline_that_falls_is_credited_only_where_the_methodology_says_so(
    tmp_path: Path,
) -> None:
    rows = FREE.replace("baseline_removal,0", "baseline_removal,-1")
    of = facts(tmp_path, "[risks]\nfire = 0.05\n", rows=rows)
    with pytest.raises(ProjectError, match="the baseline of parcel A falls"):
        credit(removals({"A": (30.0,)}), "gs-403", of)
    # 10 ha lose 1 t/ha: 110 + 10
    found = credit(removals({"A": (30.0,)}), "car-fpp-5.1", of)
    assert found.total["baseline"] == 10


def test_displaced_farming_leaks_in_the_first_vintage(tmp_path: Path) -> None:
    of = facts(tmp_path, "[displaced]\narea_ha = 2\ntree_biomass_t_per_ha = 10\n"
                         "shrub_biomass_t_per_ha = 1\n")  # fmt: skip
    found = credit(removals({"A": (300.0, 300.0)}), "ar-acm0003", of)
    # (1.1 x 10 x 1.25 + 1 x 1.4) 0.47 x 44/12 x 2 = 52.217
    assert found.table["leakage"].to_numpy() == pytest.approx([-52.217, 0], abs=1e-3)


def test_cdm_lowers_the_project_and_raises_the_baseline(tmp_path: Path) -> None:
    of = facts(
        tmp_path, '[displaced]\narea_ha = 0\n[baseline]\npath = "before.csv"\n',
        before=f"parcel_id,year_from,year_to,tCO2e,se_tCO2e\nA,2015,2016,60,{9 / 1.644854}\n",
    )  # fmt: skip
    change = 600 / CO2
    found = credit(removals({"A": (change,)}, se=0.15 / 1.644854 * 0.999), "ar-acm0003", of)
    # the project by a quarter of 15 % of 600 (22.5), the baseline by that of 60 (2.25)
    assert found.total["uncertainty"] == pytest.approx(-(22.5 + 2.25), abs=0.05)


def test_estimates_ex_ante_are_exempt_where_the_tool_says_so(tmp_path: Path) -> None:
    of = facts(tmp_path, "[displaced]\narea_ha = 0\n")
    found = credit(removals({"A": (100.0,)}, se=0.3, kind="ex_ante"), "ar-acm0003", of)
    assert found.total["uncertainty"] == 0
    assert set(found.vintages["kind"]) == {"ex_ante"}
    assert found.total["lower_tCO2e"] < 0.7 * found.total["issuable"]


def test_car_deducts_from_stocks_and_leaves_them_as_they_were(tmp_path: Path) -> None:
    # U = 1.6449 x 6.08 % = 10 %: CD 5 %; stocks 1000 and 1100 t C: 5 % of 100 t C held back
    given_ = removals({"A": (100.0,)}, se=0.1 / 1.644854)
    before = given_.stock.value.copy()
    found = credit(given_, "car-fpp-5.1", facts(tmp_path, "[risks]\nfire = 0.05\npest = 0.02\n"))
    assert found.total["held"] == pytest.approx(-0.05 * 100 * CO2, abs=0.01)
    # 1 - 0.95 x 0.98 = 6.9 % of 366.667 - 18.333
    assert found.total["buffer"] == pytest.approx(-0.069 * 348.333, abs=0.01)
    assert (given_.stock.value == before).all()


def test_a_harvested_plantation_claims_its_long_term_average(tmp_path: Path) -> None:
    # stocks 1000, 1050, 1100, 1000 t C: average of the rotation 1037.5, 37.5 over the start
    of = facts(tmp_path, "[rotation]\nyear_from = 2015\nyear_to = 2018\n")
    found = credit(removals({"A": (50.0, 50.0, -100.0)}), "gs-403", of)
    earned = found.total["gross"] + found.total["reversal"] + found.total["average"]
    assert earned == pytest.approx(37.5 * CO2, abs=0.01)
    # 137.5 t less 20 %
    assert found.total["issuable"] == 110


def test_issued_units_have_serials_without_gap_or_overlap(tmp_path: Path) -> None:
    text = '[facts]\ncrediting_from = 2016-01-01\ncrediting_to = 2046-01-01\n' \
           '[[issued]]\nvintage_from = 2016-01-01\nserial_from = 501\nprefix = "GS-"\n'  # fmt: skip
    found = credit(removals({"A": (30.0, 30.0), "B": (10.5, 9.0)}), "gs-403",
                   facts(tmp_path, text))  # fmt: skip
    made = found.vintages[found.vintages["kind"] == "issued"]
    ends = [(int(a[3:]), int(b[3:])) for a, b in zip(made["serial_from"], made["serial_to"],
                                                     strict=True)]  # fmt: skip
    assert ends[0][0] == 501
    assert ends[1][0] == ends[0][1] + 1
    assert [last - first + 1 for first, last in ends] == made["net_tCO2e"].tolist()
    assert made["net_tCO2e"].sum() == found.table["issuable"].iloc[0]
    assert (made["se_tCO2e"] == 0).all()
    assert (made["lower_tCO2e"] == made["net_tCO2e"]).all()
    rest = found.vintages[found.vintages["kind"] == "monitored"]
    assert (rest["serial_from"] == "").all()


def test_nothing_is_issued_ex_ante_or_while_a_rule_is_not_answered(tmp_path: Path) -> None:
    text = "[[issued]]\nvintage_from = 2016-01-01\nserial_from = 1\n"
    of = facts(tmp_path, text)
    with pytest.raises(ProjectError, match="an estimate ex ante is not issued"):
        credit(removals({"A": (30.0,)}, kind="ex_ante"), "gs-403", of)
    with pytest.raises(ProjectError, match="not known, so nothing is issued: crediting_period"):
        credit(removals({"A": (30.0,)}), "gs-403", of)


def test_what_is_not_known_of_a_local_scheme_stops_by_name_all_at_once(tmp_path: Path) -> None:
    of = facts(tmp_path, rows="parameter,value,units,source\nleakage_rate,0,t_CO2e/(ha*year),x\n")
    with pytest.raises(Problems) as told:
        credit(removals({"A": (30.0,)}), "local-inclusive", of)
    for name in ("baseline_removal", "uncertainty_deduction_share", "non_permanence_share"):
        assert f"'local-inclusive' the parameter '{name}'" in told.value.say("en")
    assert "leakage_rate" not in told.value.say("en")


def test_a_local_scheme_runs_once_its_numbers_are_given(tmp_path: Path) -> None:
    rows = FREE + "uncertainty_deduction_share,10,percent,notice\n" \
                  "non_permanence_share,5,percent,notice\n"  # fmt: skip
    found = credit(removals({"A": (30.0,)}), "local-inclusive", facts(tmp_path, rows=rows))
    # above ground alone, as nothing else was asked for: 88 x 0.9 x 0.95 = 75.24
    assert found.total["issuable"] == 75
    assert found.pools == ("above_ground",)


def test_a_buffer_by_the_risk_tool_needs_its_answers(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"answer it in \[nprt\]"):
        credit(removals({"A": (30.0,)}), "vcs-4.4", facts(tmp_path))


def test_every_methodology_stops_by_name_where_nothing_is_given(tmp_path: Path) -> None:
    nothing = facts(tmp_path, rows="parameter,value,units,source\n")
    for name, one in bundled().items():
        open_ = one.baseline.form != "zero" or one.leakage.form != "zero"
        if open_:
            with pytest.raises(GepError) as told:
                credit(removals({"A": (30.0,)}), name, nothing)
            assert isinstance(told.value, (ParameterMissing, Problems, RunError)), name
            assert one.set in told.value.say("en") or "requires" in told.value.say("en"), name


def test_a_pool_that_is_required_and_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="requires: dead wood, harvested wood products"):
        credit(removals({"A": (30.0,)}), "vm0010", facts(tmp_path))


def test_a_pool_that_cannot_count_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="harvested_wood cannot count"):
        credit(removals({"A": (30.0,)}), "ccer-14-001",
               facts(tmp_path, 'pools = ["harvested_wood"]\n'))  # fmt: skip


def test_an_error_that_is_not_known_stops_a_rule_that_needs_it_and_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="these sources give none: fraction"):
        credit(removals({"A": (30.0,)}, se=np.nan), "gs-403", facts(tmp_path))


def test_paths_in_a_file_keep_what_years_and_parcels_have_in_common(tmp_path: Path) -> None:
    # two parcels of 100 t C that grow by 10 %, with a factor of 20 % in common: the change errs by
    # 20 % of 20 t C, not by that of two stocks; a stand's own 5 % likewise
    rows = [(p, y, "above_ground") for p in "AB" for y in (2020, 2021)]
    keys = pd.DataFrame(rows, columns=["parcel_id", "year", "pool"])
    value = np.array([100.0, 110.0, 100.0, 110.0])
    place = np.array([0, 0, 1, 1])
    stands = Spread.gathered(Field(), 4, np.arange(4), place, 0 * place, 0.05 * value)
    stock = Estimates(keys=keys, value=value, shared={"factor": 0.2 * value}, own=np.zeros(4),
                      spatial={"stands": stands})  # fmt: skip
    for name in ("paths.csv", "paths.parquet"):
        write_estimates(stock, "stock_tC", "se_tC", tmp_path / name)
        change = read_removals(tmp_path / name).change.summed(["year_to"])
        assert change.value == pytest.approx([20])
        # (0.2 x 20)^2 + 2 (0.05 x 10)^2
        assert change.se == pytest.approx([np.hypot(4, np.sqrt(0.5))])


def test_vintages_are_read_as_they_were_written(tmp_path: Path) -> None:
    found = credit(removals({"007": (30.0, -2.0), "B": (10.0, 3.0)}, se=0.1),
                   "ipcc-stock-difference", facts(tmp_path))  # fmt: skip
    files = write_vintages(found.vintages, tmp_path / "out")
    for file in files:
        again = read_vintages(file)
        assert list(again) == list(COLUMNS)
        assert again["parcel_id"].tolist() == ["007", "007", "B", "B"]
        assert again["vintage_from"].tolist()[:2] == [date(2016, 1, 1), date(2017, 1, 1)]
        assert again["serial_from"].tolist() == [""] * 4
        assert again["net_tCO2e"].sum() == pytest.approx(found.total["issuable"])
