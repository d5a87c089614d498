"""New layers, new vintages, early warnings, working days: each told once, all adding up."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from data_catalog.errors import GepError, LayerError, Problems
from lending.policy import example_policy, read_policy
from lending.policy.early_warnings import early_warnings
from lending.prices.rows import PriceRow
from lending.valuation.facts import Tonnes, Withdrawn
from lending.valuation.result import Valuation, Vintage, recompute
from lending.valuation.value import value
from lending.watch import (
    Pledged,
    Seen,
    alerts_of_layer,
    change_map,
    disturbance_notices,
    forest_lost,
    keep,
    known_events,
    price_notices,
    read_book,
    read_calendar,
    read_signals,
    round_of,
    sales_signals,
    stood,
    touched_shares,
    unmatched,
    vintage_notices,
    warning_notices,
)
from lending.watch.days import deadline
from lending.watch.revaluation import with_vintages
from lending.watch.since import lost_shares
from tests.lending.loan_file.made_up import inputs
from tests.lending.watch.test_watch import DAY, PRINCIPAL, alerts, pledged, price, west_half

CRS = "EPSG:4549"
CELL = 10.0
EAST, NORTH = 500_000.0, 3_100_100.0


@pytest.fixture(scope="module")
def valuation() -> Valuation:
    return value(inputs())


def on_grid(name: str, valuation: Valuation, *corners: float) -> Pledged:
    """A pledge on a box in metres from the raster's lower left corner."""
    west, south, east, north = corners
    shape = shapely.box(EAST + west, NORTH - 100 + south, EAST + east, NORTH - 100 + north)
    land = gpd.GeoDataFrame({"parcel_id": [f"{name}-1"]}, geometry=[shape], crs=CRS)
    return Pledged(name, PRINCIPAL, land, valuation)


def raster(file: Path, values: np.ndarray) -> Path:
    """Ten by ten cells of 10 m."""
    profile = {
        "driver": "GTiff", "width": 10, "height": 10, "count": 1, "dtype": values.dtype,
        "crs": CRS, "transform": Affine(CELL, 0, EAST, 0, -CELL, NORTH), "nodata": np.nan
        if values.dtype.kind == "f" else None,
    }  # fmt: skip
    with rasterio.open(file, "w", **profile) as out:
        out.write(values, 1)
    return file


def dates(cells: list[tuple[int, int]], day: date = date(2021, 9, 1)) -> np.ndarray:
    values = np.full((10, 10), np.nan, dtype=np.float32)
    for row, col in cells:
        values[row, col] = (day - date(1970, 1, 1)).days
    return values


def test_a_cell_half_in_the_parcel_counts_half(tmp_path: Path, valuation: Valuation) -> None:
    # a parcel of 45 m x 40 m = 18 cells; the disturbed cells (9, 4) and (9, 0) lie in it by half
    # and wholly: 1.5 of 18
    one = on_grid("p", valuation, 0, 0, 45, 40)
    layer = change_map(raster(tmp_path / "date.tif", dates([(9, 4), (9, 0), (0, 9)])))
    (share,) = touched_shares(one.land, layer)
    assert share == pytest.approx(1.5 / 18, rel=1e-9)
    ((notice, after),) = disturbance_notices([one], alerts_of_layer(one.land, layer), (), DAY)
    assert after is not None
    (lost,) = notice.since.lost
    moved = gpd.GeoSeries([lost.shape()], crs="EPSG:4490").to_crs(CRS)
    assert moved.area.iloc[0] == pytest.approx(150, rel=1e-6)
    assert notice.event_on == date(2021, 9, 1)


def test_only_pledges_that_the_layer_touches_are_valued(
    tmp_path: Path, valuation: Valuation, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = on_grid("near", valuation, 0, 0, 40, 40), on_grid("far", valuation, 60, 60, 90, 90)
    outside = on_grid("outside", valuation, 500, 500, 600, 600)
    made: list[str] = []
    original = Pledged.standing
    monkeypatch.setattr(Pledged, "standing", lambda s: made.append(s.pledge_id) or original(s))
    layer = change_map(raster(tmp_path / "date.tif", dates([(9, 0), (9, 1)])))
    seen = Seen(layers=(layer,))
    told = [n for n, _ in round_of([near, far, outside], (), seen, DAY)]
    assert [n.pledge_id for n in told] == ["near"]
    assert set(made) == {"near"}
    assert list(round_of([near, far, outside], told, seen, DAY)) == []


def test_forest_that_is_none_any_more_is_lost_and_other_land_is_not(
    tmp_path: Path, valuation: Valuation
) -> None:
    before, after = np.full((10, 10), 1, dtype=np.uint8), np.full((10, 10), 1, dtype=np.uint8)
    before[9, 0] = 5
    after[9, 0], after[9, 1], after[8, 0] = 5, 5, 2
    files = raster(tmp_path / "new.tif", after), raster(tmp_path / "old.tif", before)
    layer = forest_lost(*files, [1, 2], date(2021, 8, 30))
    # of a parcel of 4 x 4 cells one was forest and is none: (9, 0) never was, (8, 0) still is
    (share,) = touched_shares(on_grid("p", valuation, 0, 0, 40, 40).land, layer)
    assert share == pytest.approx(1 / 16)
    other = tmp_path / "shifted.tif"
    with (
        rasterio.open(files[1]) as old,
        rasterio.open(
            other, "w", **(old.profile | {"transform": Affine(CELL, 0, EAST + 5, 0, -CELL, NORTH)})
        ) as out,
    ):
        out.write(old.read())
    with pytest.raises(LayerError, match="not on the grid"):
        forest_lost(files[0], other, [1], DAY)
    with pytest.raises(LayerError, match="no map of dates"):
        change_map(tmp_path)


def test_a_fire_is_not_forgotten_when_the_price_falls(valuation: Valuation) -> None:
    """The fall is worth less on half the land, and land under two files' alerts is lost once."""
    one = pledged("p", valuation)
    fallen = price(39.0)
    ((first, _),) = disturbance_notices([one], alerts((west_half(), "2021-08-10")), (), DAY)
    (after,) = stood([one], [first])
    ((both, _),) = price_notices([after], [fallen], known_events([first]), DAY)
    ((alone, _),) = price_notices([one], [fallen], (), DAY)
    assert both.after is not None
    assert alone.after is not None
    assert both.before == first.after
    # what the fire left of the tonnes, it left of them at the new price too
    assert first.after is not None
    left = first.after.tonnes_lower / first.before.tonnes_lower
    assert left < Decimal("0.6")
    got = both.after.tonnes_lower / alone.after.tonnes_lower
    assert abs(got - left) < Decimal("1e-6")
    within = alerts((west_half(0.2), "2021-09-05"))
    ((again, _),) = disturbance_notices([after], within, known_events([first]), DAY)
    assert again.after == first.after
    # a newer valuation is of the forest as it was then
    newer = value(valuation.inputs.model_copy(update={
        "facts": valuation.inputs.facts.model_copy(update={"base_date": date(2021, 8, 14)})
    }))  # fmt: skip
    (fresh,) = stood([replace(one, valuation=newer)], [first, both])
    assert fresh.since.empty()


def test_a_newer_valuation_forgets_no_loss_since_it_for_one_before_it(
    valuation: Valuation,
) -> None:
    """A fifth burnt on 10 August is in the valuation of the 14th; two fifths more, after it."""
    one = pledged("p", valuation)
    ((first, _),) = disturbance_notices([one], alerts((west_half(0.2), "2021-08-10")), (), DAY)
    after = stood([one], [first])
    both = alerts((west_half(0.6), "2021-09-05"))
    ((second, _),) = disturbance_notices(after, both, known_events([first]), DAY)
    newer = value(valuation.inputs.model_copy(update={
        "facts": valuation.inputs.facts.model_copy(update={"base_date": date(2021, 8, 14)})
    }))  # fmt: skip
    (fresh,) = stood([replace(one, valuation=newer)], [first, second])
    _, whole = lost_shares(second.since.lost, one.land)
    _, before = lost_shares(first.since.lost, one.land)
    _, left = lost_shares(fresh.since.lost, one.land)
    assert left == pytest.approx(whole - before, rel=1e-6)
    assert left > 0.3
    assert fresh.standing().results.lending_value < newer.results.lending_value


def vintage(kind: str, year: int, net: float, lower: float, parcel: str = "p-1") -> Vintage:
    return Vintage(
        parcel_id=parcel, vintage_from=date(year, 1, 1), vintage_to=date(year + 1, 1, 1),
        net_tCO2e=net, lower_tCO2e=lower, se_tCO2e=100.0, confidence=0.9, kind=kind,
    )  # fmt: skip


@pytest.fixture(scope="module")
def of_vintages() -> Valuation:
    facts = inputs().facts.model_copy(update={"holding": None})
    rows = tuple(vintage("ex_ante", year, 1000.0, 800.0) for year in (2021, 2022, 2023))
    return value(inputs().model_copy(update={"facts": facts, "vintages": rows}))


def test_fewer_tonnes_than_expected_are_told_and_valued(of_vintages: Valuation) -> None:
    one = pledged("p", of_vintages)
    came = vintage("monitored", 2021, 600.0, 550.0)
    seen_on = date(2022, 3, 1)
    ((notice, after),) = vintage_notices([one], [came], (), seen_on)
    assert after is not None
    assert [(v.kind, v.net_tCO2e) for v in after.inputs.vintages] == [
        ("monitored", 600.0), ("ex_ante", 1000.0), ("ex_ante", 1000.0),
    ]  # fmt: skip
    # 600 t in the place of 1,000 t: 40 % less
    assert "40.0%" in notice.what.en
    assert notice.after is not None
    assert notice.after.lending_value < notice.before.lending_value
    assert list(vintage_notices([one], [came], known_events([notice]), seen_on)) == []
    fuller = vintage("monitored", 2021, 1001.0, 950.0)
    assert list(vintage_notices([one], [fuller], (), seen_on)) == []
    # issued later, still fewer: another event, upon the first
    issued = vintage("issued", 2021, 580.0, 580.0)
    ((later, last),) = vintage_notices(stood([one], [notice]), [issued],
                                       known_events([notice]), seen_on)  # fmt: skip
    assert later.before == notice.after
    assert last is not None
    assert [v.kind for v in last.inputs.vintages] == ["issued", "ex_ante", "ex_ante"]


@pytest.mark.parametrize(("came", "left"), [(600.0, 0.0), (0.0, 0.0), (900.0, 100.0)])
def test_fewer_tonnes_than_were_sold_are_all_sold_and_the_rest_is_owed(
    of_vintages: Valuation, came: float, left: float
) -> None:
    gone = Withdrawn(reason="sold", tonnes=800.0, vintage_from=date(2021, 1, 1),
                     vintage_to=date(2022, 1, 1))  # fmt: skip
    whole = Tonnes(buffer=0.0, leakage=0.0)
    facts = of_vintages.inputs.facts.model_copy(update={"withdrawn": (gone,), "tonnes": whole})
    sold = value(of_vintages.inputs.model_copy(update={"facts": facts}))
    row = vintage("issued", 2021, came, came)
    after = with_vintages(sold, [row])
    # and 1,000 t of each of the two years after it
    assert float(after.results.tonnes_mean) == 2000 + left
    owed = [one for one in after.results.gates if one.id == "withdrawn"]
    assert [one.value for one in owed] == ([800.0 - came] if came < 800 else [])
    for one in owed:
        assert one.level == "flag"
        assert f"800.000 t of [2021-01-01, 2022-01-01) are withdrawn (sold) and {came:.3f} t" in (
            one.text.en
        )
    # it says so again when it is made again from its file, and a notice is made of it
    assert recompute(after.to_json()).results == after.results
    if came < 1000:
        ((notice, found),) = vintage_notices([pledged("p", sold)], [row], (), date(2022, 3, 1))
        assert notice.problem is None
        assert found == after


def test_vintages_that_cannot_be_set_against_a_valuation_are_named(
    valuation: Valuation, of_vintages: Valuation
) -> None:
    across = vintage("monitored", 2021, 1.0, 1.0).model_copy(
        update={"vintage_from": date(2021, 6, 1), "vintage_to": date(2022, 6, 1)}
    )
    rows = [across, vintage("monitored", 2021, 1.0, 1.0, "h-1")]
    held = pledged("h", valuation)
    assert unmatched([held, pledged("p", of_vintages)], rows) == ("h", "p")
    assert unmatched([pledged("q", of_vintages)], rows) == ()


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # Thursday 30 September 2021; the 1st to 7th are off, 26 September and 9 October are worked
        (date(2021, 9, 30), 1, date(2021, 10, 8)),
        (date(2021, 9, 30), 2, date(2021, 10, 9)),
        (date(2021, 9, 30), 3, date(2021, 10, 11)),
        (date(2021, 9, 24), 1, date(2021, 9, 26)),
    ],
)
def test_working_days_by_the_calendar_given(
    tmp_path: Path, start: date, days: int, last: date
) -> None:
    off = [date(2021, 10, day) for day in range(1, 8)]
    lines = ["day,kind,name", *(f"{day},holiday,National Day" for day in off),
             "2021-09-26,workday,", "2021-10-09,workday,"]  # fmt: skip
    file = tmp_path / "days.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    calendar = read_calendar(file)
    found = deadline(start, days, calendar)
    assert found.day == last
    assert "working days" in found.counted.en
    # without a calendar, or behind its end, days are those of the week and it is said
    plain = deadline(start, days, None)
    assert plain.day == start + timedelta(days=days)
    assert "calendar days" in plain.counted.en
    beyond = deadline(date(2021, 12, 31), 5, calendar)
    assert (beyond.day, "ends with 2021" in beyond.counted.en) == (date(2022, 1, 5), True)
    file.write_text("day,kind\n2021-13-01,holiday\n2021-10-01,feast\n", encoding="utf-8")
    with pytest.raises(Problems) as problems:
        read_calendar(file)
    assert len(problems.value.errors) == 2


LISTED = {
    "price_fall", "sell_through", "disturbance", "fire", "pest", "logging_permit",
    "verification_overdue", "issuance_overdue", "programme_change", "tenure_ends",
    "insurance_lapsed", "new_registration", "compensation_missed", "borrower_penalty",
    "borrower_lawsuit", "account_balance", "payment_delay",
}  # fmt: skip
"""Of section 4.9 of the research note, one by one."""


def test_all_warnings_of_the_note_are_declared_rules_and_the_example_watches_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "policy.toml"
    text = example_policy("en")
    file.write_text(text, encoding="utf-8")
    policy = read_policy(file)
    assert set(early_warnings()) >= LISTED
    assert set(policy.warnings.watched) == set(early_warnings())
    for wrong, said in (
        ('"pest", ', '"pets", '), ("pest_km = 5.0\n", ""),
    ):  # fmt: skip
        file.write_text(text.replace(*((wrong, said))), encoding="utf-8")
        with pytest.raises(GepError, match="watched"):
            read_policy(file)


def watching(valuation: Valuation, *rules: str, **thresholds: object) -> Valuation:
    warnings = valuation.inputs.policy.warnings.model_copy(update={"watched": rules, **thresholds})
    policy = valuation.inputs.policy.model_copy(update={"warnings": warnings})
    return valuation.model_copy(
        update={"inputs": valuation.inputs.model_copy(update={"policy": policy})}
    )


def test_signals_that_the_policy_watches_are_told_once(
    tmp_path: Path, valuation: Valuation
) -> None:
    file = tmp_path / "signals.csv"
    file.write_text(
        "pledge_id,signal,day,value,note\np,pest,2021-09-02,4.9,松材线虫\np,pest,2021-09-02,5.1,\n"
        "p,payment_delay,2021-09-03,,\np,borrower_lawsuit,2021-09-11,,\nq,pest,2021-09-02,1,\n",
        encoding="utf-8",
    )
    signals = read_signals(file)
    one = pledged("p", watching(valuation, "pest", "borrower_lawsuit", pest_km=5.0))
    # 4.9 km is within the 5 km; a delay is not watched; the lawsuit comes tomorrow
    ((notice, after),) = warning_notices([one], signals, (), DAY)
    assert (notice.rule, after, notice.after) == ("pest", None, None)
    assert "松材线虫" in notice.text("zh")
    assert notice.due_on == DAY + timedelta(days=15)
    assert "calendar days" in notice.text("en")
    assert list(warning_notices([one], signals, known_events([notice]), DAY)) == []
    file.write_text("pledge_id,signal,day\np,pets,2021-09-02\np,pest,soon\n", encoding="utf-8")
    with pytest.raises(Problems) as problems:
        read_signals(file)
    assert len(problems.value.errors) == 2


def sales(sold: list[float]) -> list[PriceRow]:
    """What was sold of 100 t listed, quarter by quarter from the start of 2020 on."""
    days = [date(2020 + n // 4, 3 * (n % 4) + 2, 1) for n in range(len(sold))]
    return [
        price(50.0, day).model_copy(update={
            "id": f"q{n}", "first_day": day, "listed": 100.0, "sold": amount
        })
        for n, (day, amount) in enumerate(zip(days, sold, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sold", "told"),
    [([50, 9, 9.9], True), ([9, 50, 9], False), ([9, 9, 10], False), ([9], False)],
)
def test_two_quarters_of_few_sales_in_a_row_are_a_signal(
    valuation: Valuation, sold: list[float], told: bool
) -> None:
    one = pledged("p", watching(valuation, "sell_through", sell_through=0.10,
                                sell_through_quarters=2))  # fmt: skip
    assert bool(list(sales_signals([one], sales(sold), DAY))) is told


KILLED = """
import os, signal, sys
from pathlib import Path
from lending.watch import book
from tests.lending.watch.test_what_comes_in import a_round

point, out = sys.argv[1], Path(sys.argv[2])
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if point == "before the words":
    Path.mkdir = lambda at, **_: die() if at.name == "words" else os.makedirs(at, exist_ok=True)
elif point == "half a line":
    def _append(file, line):
        with file.open("ab") as f:
            f.write(line[: len(line) // 2]); f.flush()
        die()
    book._append = _append
elif point == "before the line":
    book._append = die
a_round(out)
"""


def a_round(out: Path) -> None:
    one = pledged("p", value(inputs()))
    seen = Seen(alerts=(alerts((west_half(), "2021-09-01")),), prices=(price(39.0),), moved=True)
    keep(out, round_of([one], read_book(out), seen, DAY))


@pytest.mark.parametrize("point", ["before the words", "before the line", "half a line"])
def test_killed_between_the_valuation_and_its_notice_it_tells_once(
    tmp_path: Path, point: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, point, str(tmp_path / "killed")], check=False
    )
    assert run.returncode == -signal.SIGKILL
    assert list((tmp_path / "killed" / "valuations").iterdir())
    for folder in ("killed", "killed", "quiet"):
        a_round(tmp_path / folder)
    assert read_book(tmp_path / "killed") == read_book(tmp_path / "quiet")
    assert [one.kind for one in read_book(tmp_path / "killed")] == ["disturbance", "price"]
    names = [{f.name for f in (tmp_path / name).rglob("*")} for name in ("killed", "quiet")]
    assert names[0] == names[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_notice_says_what_to_do_and_by_when(tmp_path: Path, language: str) -> None:
    a_round(tmp_path)
    fire = read_book(tmp_path)[0]
    words = (tmp_path / "words" / f"{fire.id}.{language}.txt").read_text(encoding="utf-8")
    assert words == fire.text("zh" if language == "zh" else "en") + "\n"
    assert f"{DAY + timedelta(days=15)}" in words
    assert fire.action.text()["zh" if language == "zh" else "en"] in words
    assert fire.principal == Decimal(40000)
