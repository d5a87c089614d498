"""The outlook of an inventory: what is read, what is left out and why, what is said of it."""

from pathlib import Path

import numpy as np
import pytest

from data_catalog.errors import GepError
from data_catalog.parameters import bundled
from sinks.growth.fit import fit
from sinks.growth.forms import form
from sinks.growth.outlook import Asked, outlook
from sinks.growth.records import growing_parcels, read_events, read_records
from tiles.tables import read_rows_of

HEADER = (
    "parcel_id,year,area_ha,species,origin,site_class,age,age_group,above_ground_biomass,"
    "above_ground_biomass_se\n"
)
ROWS = """\
001,2020,12.5,马尾松,人工,,18,,,
002,2020,30,Pinus massoniana,人工,,,中龄林,,
003,2020,8,马尾松,人工,,25,,80,8
"""
AGES = np.linspace(6, 60, 28)


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.fixture
def records(tmp_path: Path) -> Path:
    stock = form("gompertz").value(AGES, 220, 4, 0.08) * (1 + 0.1 * np.sin(AGES * 3))
    lines = [f"马尾松,{age:g},{amount:.3f}" for age, amount in zip(AGES, stock, strict=True)]
    text = "\n".join(["species,age,above_ground_biomass", *lines])
    return written(tmp_path, "records.csv", text)


def asked(tmp_path: Path, records: Path | None, rows: str = ROWS, **known: object) -> Asked:
    inventory = written(tmp_path, "inventory.csv", HEADER + rows)
    return Asked(**{
        "inventory": inventory, "last": 2030, "curves": {}, "records": records,
        "form": "gompertz", "spread": "constant", "priors": {}, "route": "", "sets": {},
        "age_groups": "guangxi-2017", "events": None,
    } | known)  # fmt: skip


def test_ages_are_those_of_the_row_then_of_its_group_then_of_its_stock(tmp_path, records):
    rows = ROWS + "004,2020,5,马尾松,人工,,,,90,9\n"
    curves = {
        "masson_pine": fit(read_records(records)["masson_pine"], form("gompertz"), name="p").curve
    }
    table = read_rows_of("inventory", written(tmp_path, "i.csv", HEADER + rows))
    found = growing_parcels(table, curves, bundled(), "guangxi-2017").frame.set_index("parcel_id")
    assert (found.loc["001", "age"], found.loc["001", "age_se"]) == (18, 0)
    # planted Masson pine is middle-aged from 10 to 20 years
    assert found.loc["002", "age"] == 15
    assert found.loc["002", "age_se"] == pytest.approx(10 / 12**0.5)
    age = found.loc["004", "age"]
    assert float(curves["masson_pine"].value(np.array(age))) == pytest.approx(90)
    # how stands differ from the curve, over its increment there
    pace = curves["masson_pine"].increment(np.array([age]))[0]
    assert found.loc["004", "age_se"] == pytest.approx(curves["masson_pine"].relative * 90 / pace)


def test_the_last_survey_of_a_parcel_counts(tmp_path, records):
    rows = "001,2010,12.5,马尾松,人工,,8,,,\n" + ROWS
    found = outlook(asked(tmp_path, records, rows))
    assert found.parcels == 3
    assert found.totals()["year"].tolist() == list(range(2020, 2031))


def test_the_totals_are_the_sums_and_change_starts_from_the_first_year(tmp_path, records):
    found = outlook(asked(tmp_path, records))
    totals = found.totals()
    of_2030 = found.stock.keys["year"].to_numpy() == 2030
    assert totals["stock_tC"].iloc[-1] == pytest.approx(found.stock.value[of_2030].sum())
    gained = totals["stock_tC"].iloc[-1] - totals["stock_tC"].iloc[0]
    assert totals["change_tC"].iloc[-1] == pytest.approx(gained)
    assert np.isnan(totals["change_tC"].iloc[0])


def test_what_is_unknown_of_an_error_is_named_and_the_rest_is_a_lower_bound(tmp_path, records):
    found = outlook(asked(tmp_path, records))
    assert found.unknown() == ("carbon_fraction[ipcc2006-subtropical-humid]",)
    totals = found.totals()
    assert totals["se_tC"].isna().all()
    assert (totals["se_at_least_tC"] > 0).all()


def test_parcels_that_cannot_grow_are_left_out_and_each_reason_is_given(tmp_path, records):
    rows = ROWS + (
        "004,2020,5,毛竹,,,,,,\n"
        "005,2020,9,马尾松,人工,,,过熟林,,\n"
        "006,2020,,马尾松,人工,,12,,,\n"
        "007,2020,3,马尾松,人工,,,,,\n"
        "008,2020,3,马尾松,人工,,,,900,\n"
    )
    found = outlook(asked(tmp_path, records, rows))
    said = [error.say("en") for error in found.refused]
    assert found.parcels == 3
    for part, line in zip(
        ("inventory.csv:5 (004): moso bamboo has no growth curve", "over-mature stands have no",
         "(006): has no area_ha", "(007): has neither an age nor an age group nor above-ground",
         "never has 900 t_dm/ha"), said, strict=True,
    ):  # fmt: skip
        assert part in line


def test_an_inventory_of_which_nothing_can_grow_is_refused(tmp_path):
    with pytest.raises(GepError, match="no parcel can grow"):
        outlook(asked(tmp_path, None))


def test_a_last_year_before_the_survey_is_refused(tmp_path, records):
    with pytest.raises(GepError, match="the last year, 2020, must be after the survey of 2020"):
        outlook(asked(tmp_path, records, last=2020))


def test_an_example_curve_says_what_it_is(tmp_path):
    curves = {"马尾松": ("hebei-north-2017", "needleleaf")}
    found = outlook(asked(tmp_path, None, curves=curves, route="stem_biomass"))
    said = " ".join(text.en for text in found.remarks)
    assert "northern Hebei (an example; not for the south)" in said
    assert "without crowns and roots" in said
    assert "another stock measured, which is not used" in said


def test_stands_carried_beyond_the_records_are_told(tmp_path, records):
    found = outlook(asked(tmp_path, records, last=2070))
    assert any("older than 60 years" in text.en for text in found.remarks)


def test_a_site_class_has_a_curve_of_its_own(tmp_path):
    stock = form("gompertz").value(AGES, 220, 4, 0.08) + np.sin(AGES * 3)
    lines = [f"马尾松,I,{t:g},{b:.3f}" for t, b in zip(AGES, stock, strict=True)]
    lines += [f"马尾松,II,{t:g},{b * 0.6:.3f}" for t, b in zip(AGES[1:], stock[1:], strict=True)]
    records = written(
        tmp_path, "records.csv", "\n".join(["species,site_class,age,above_ground_biomass", *lines])
    )
    rows = "001,2020,10,马尾松,人工,I,20,,,\n002,2020,10,马尾松,人工,II,20,,,\n" \
           "003,2020,10,马尾松,人工,III,20,,,\n"  # fmt: skip
    found = outlook(asked(tmp_path, records, rows))
    by_parcel = found.stock.summed(["parcel_id", "year"])
    first = by_parcel.value[by_parcel.keys["year"] == 2020]
    assert first[1] / first[0] == pytest.approx(0.6, abs=0.02)
    (error,) = found.refused
    assert "Masson pine of site class III has no growth curve" in error.say("en")


def test_events_are_read_with_the_species_planted(tmp_path, records):
    events = written(
        tmp_path, "events.csv",
        "parcel_id,year,event,share,species\n001,2023,thinning,0.25,\n003,2025,harvest,,\n"
        "003,2026,planting,,马尾松\n",
    )  # fmt: skip
    assert read_events(events)["group"].tolist() == ["", "", "masson_pine"]
    found = outlook(asked(tmp_path, records, events=events))
    felled = found.totals().set_index("year")["felled_tC"]
    assert (felled[[2023, 2025]] > 0).all()
    assert felled.drop([2023, 2025]).eq(0).all()


def test_events_of_parcels_left_out_are_left_out_and_others_must_be_there(tmp_path, records):
    rows = ROWS + "004,2020,5,毛竹,,,,,,\n"
    header = "parcel_id,year,event,share,species\n"
    bamboo = written(tmp_path, "events.csv", header + "004,2023,harvest,,\n")
    assert outlook(asked(tmp_path, records, rows, events=bamboo)).parcels == 3
    nowhere = written(tmp_path, "events.csv", header + "009,2023,harvest,,\n")
    with pytest.raises(GepError, match="009: the event of 2023 is not in the inventory"):
        outlook(asked(tmp_path, records, rows, events=nowhere))


def test_a_species_that_is_planted_needs_a_curve_of_its_own(tmp_path, records):
    header = "parcel_id,year,event,share,species\n"
    rows = "003,2025,harvest,,\n003,2026,planting,,杉木\n"
    events = written(tmp_path, "events.csv", header + rows)
    with pytest.raises(GepError, match=r"chinese_fir: 1 stands .* have no growth curve"):
        outlook(asked(tmp_path, records, events=events))
    curves = {"杉木": ("hebei-north-2017", "needleleaf")}
    both = outlook(asked(tmp_path, records, events=events, curves=curves))
    assert both.stock.value[both.stock.keys["parcel_id"] == "003"][-1] > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("species,age\n马尾松,12\n", "needs exactly one column of stock"),
        ("species,age,volume,above_ground_biomass\n马尾松,12,30,40\n", "exactly one column"),
        ("species,age,volume\n马尾松,12,30\n马尾松,15,\n", r"records\.csv:3: volume .* is empty"),
        ("species,age,volume\n马尾,12,30\n某树,15,40\n", "no species is named '某树'"),
        ("species,age,volume\n马尾松,twelve,30\n", "column age is 'twelve'"),
        ("species,age,volum\n马尾松,12,30\n", "Did you mean volume"),
    ],
)
def test_records_that_cannot_be_read_are_refused(tmp_path, text, said):
    with pytest.raises(GepError, match=said):
        read_records(written(tmp_path, "records.csv", text))
