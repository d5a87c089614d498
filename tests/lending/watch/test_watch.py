"""The watch: only what is touched, once, with figures before and after."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from cli.main import gep
from data_catalog.errors import GepError, Problems, ProjectError
from lending.prices.rows import PriceRow
from lending.registry import ValuationForm, record_valuation
from lending.valuation.result import Valuation, Vintage, read_valuation, recompute
from lending.valuation.timing import months_later
from lending.valuation.value import value
from lending.watch import (
    Pledged,
    calendar_notices,
    disturbance_notices,
    known_events,
    price_notices,
    read_book,
    read_pledges,
    write_notices,
)
from lending.watch.registered import note_in, pledged_in
from lending.watch.revaluation import at_price, without_land
from lending.watch.since import Since, with_lost
from tests.lending.loan_file.made_up import EXAMPLE, inputs
from tests.lending.registry.world import furnished

DAY = date(2021, 9, 10)
PRINCIPAL = Decimal(40000)
LAND = gpd.read_file(EXAMPLE / "parcels.geojson")[["parcel_id", "geometry"]]
WEST, SOUTH, EAST, NORTH = LAND.total_bounds


@pytest.fixture(scope="module")
def valuation() -> Valuation:
    return value(inputs())


def pledged(name: str, valuation: Valuation, east: float = 0.0) -> Pledged:
    shapes = [translate(shape, east, 0) for shape in LAND.geometry]
    land = gpd.GeoDataFrame({"parcel_id": [f"{name}-1"]}, geometry=shapes, crs=LAND.crs)
    return Pledged(name, PRINCIPAL, land, valuation)


def alerts(*found: tuple[shapely.Polygon, str]) -> gpd.GeoDataFrame:
    shapes, days = [shape for shape, _ in found], [date.fromisoformat(day) for _, day in found]
    return gpd.GeoDataFrame(
        {
            "alert_id": [f"a-{n}" for n in range(len(found))], "date": days,
            "date_error_days": [float("nan")] * len(found), "magnitude": [1.0] * len(found),
            "confidence": [0.9] * len(found), "source": ["made-up"] * len(found),
            "area_ha": [1.0] * len(found),
        },
        geometry=shapes, crs=LAND.crs,
    )  # fmt: skip


def west_half(share: float = 0.5) -> shapely.Polygon:
    return shapely.box(WEST, SOUTH, WEST + (EAST - WEST) * share, NORTH)


def test_only_the_touched_pledge_is_told_and_valued(valuation: Valuation) -> None:
    watched = [pledged("near", valuation), pledged("far", valuation, east=1.0)]
    cut = alerts((west_half(), "2021-09-01"))
    ((notice, after),) = disturbance_notices(watched, cut, (), DAY)
    assert notice.pledge_id == "near"
    assert after is not None
    assert notice.after is not None
    assert notice.before.lending_value == valuation.results.lending_value
    assert notice.after.lending_value == after.results.lending_value < notice.before.lending_value
    assert notice.event_on == date(2021, 9, 1)


def test_a_loss_of_a_share_of_the_land_is_the_value_of_the_rest(valuation: Valuation) -> None:
    # the holding without a quarter of its area, valued anew on its own: 772.5 mu
    left = valuation.inputs.facts.holding
    assert left is not None
    facts = valuation.inputs.facts.model_copy(
        update={"holding": left.model_copy(update={"area_mu": 772.5})}
    )
    want = value(valuation.inputs.model_copy(update={"facts": facts}))
    got = without_land(valuation, {}, 0.25, {})
    assert got.results == want.results


def test_land_all_gone_is_worth_nothing_and_the_ladder_says_red(valuation: Valuation) -> None:
    everything = alerts((shapely.box(WEST - 1, SOUTH - 1, EAST + 1, NORTH + 1), "2021-09-01"))
    ((notice, _),) = disturbance_notices([pledged("p", valuation)], everything, (), DAY)
    assert notice.after is not None
    assert notice.after.lending_value == 0
    assert notice.after.ltv is None
    assert notice.zone == "RED"
    assert notice.cash_top_up == PRINCIPAL


def test_land_all_gone_is_worth_nothing_in_the_file_and_made_again_from_it(
    valuation: Valuation,
) -> None:
    facts = valuation.inputs.facts.model_copy(update={"loan": PRINCIPAL})
    asked = value(valuation.inputs.model_copy(update={"facts": facts}))
    gone = without_land(asked, {}, 1.0, {})
    for got in (gone, read_valuation(gone.to_json(), "gone"), recompute(gone.to_json())):
        of = got.results
        assert of.tonnes_mean == of.tonnes_lower == of.lending_value == of.max_loan == 0
        assert of.coverage_ratio == of.carbon_share_of_loan == 0
        assert [one.limit for one in of.bounds if one.binds] == [0]
        assert of == gone.results


def test_the_same_event_is_told_once_in_whatever_file_it_comes(
    valuation: Valuation, tmp_path: Path
) -> None:
    watched = [pledged("p", valuation)]
    cut, other = (west_half(0.2), "2021-09-01"), (west_half(0.1), "2021-09-03")
    first = list(disturbance_notices(watched, alerts(cut), (), DAY))
    write_notices(tmp_path, first)
    known = known_events(read_book(tmp_path))
    assert read_book(tmp_path) == tuple(notice for notice, _ in first)
    assert list(disturbance_notices(watched, alerts(cut), known, DAY)) == []
    turned = shapely.Polygon(list(cut[0].exterior.coords)[::-1])
    assert list(disturbance_notices(watched, alerts((turned, cut[1])), known, DAY)) == []
    ((again, _),) = disturbance_notices(watched, alerts(other, cut), known, DAY)
    assert len(again.events) == 2
    # the second lies within the first: land under both counts once
    assert again.after == first[0][0].after


def test_alerts_from_before_the_valuation_and_at_a_shared_border_touch_nothing(
    valuation: Valuation,
) -> None:
    watched = [pledged("p", valuation)]
    early = alerts((west_half(), "2021-07-01"))
    beside = alerts((shapely.box(EAST, SOUTH, EAST + 1, NORTH), "2021-09-01"))
    assert list(disturbance_notices(watched, early, (), DAY)) == []
    assert list(disturbance_notices(watched, beside, (), DAY)) == []


@settings(max_examples=8)
@given(st.lists(st.booleans(), min_size=1, max_size=4))
def test_as_many_notices_as_touched_pledges(valuation: Valuation, touched: list[bool]) -> None:
    small = valuation.model_copy(update={"steps": ()})
    watched = [pledged(f"p{n}", small, east=float(n)) for n in range(len(touched))]
    cuts = [
        (translate(west_half(0.3), float(n), 0), "2021-09-01")
        for n, cut in enumerate(touched)
        if cut
    ]
    told = list(disturbance_notices(watched, alerts(*cuts), (), DAY)) if cuts else []
    assert [n.pledge_id for n, _ in told] == [f"p{n}" for n, cut in enumerate(touched) if cut]


def test_of_vintages_only_those_to_come_of_the_lost_parcel_are_less() -> None:
    def row(parcel: str, kind: str, first: int) -> Vintage:
        return Vintage(
            parcel_id=parcel, vintage_from=date(first, 1, 1), vintage_to=date(first + 1, 1, 1),
            net_tCO2e=1000.0, lower_tCO2e=800.0, se_tCO2e=100.0, confidence=0.9, kind=kind,
        )  # fmt: skip

    rows = (row("A", "ex_ante", 2022), row("A", "monitored", 2020), row("B", "ex_ante", 2022))
    facts = inputs().facts.model_copy(update={"holding": None})
    before = value(inputs().model_copy(update={"facts": facts, "vintages": rows}))
    after = without_land(before, {"A": 0.5}, 0.25, {"A": DAY})
    got = [(v.parcel_id, v.kind, v.net_tCO2e, v.lower_tCO2e) for v in after.inputs.vintages]
    assert got == [
        ("A", "ex_ante", 500.0, 400.0),
        ("A", "monitored", 1000.0, 800.0),
        ("B", "ex_ante", 1000.0, 800.0),
    ]


def test_a_parcel_lost_later_keeps_the_tonnes_that_grew_on_it_until_then() -> None:
    facts = inputs().facts.model_copy(update={"holding": None})
    rows = tuple(
        Vintage(
            parcel_id=name, vintage_from=date(2022, 1, 1), vintage_to=date(2023, 1, 1),
            net_tCO2e=1000.0, se_tCO2e=100.0, kind="ex_ante",
        )
        for name in ("B-1", "B-2")
    )  # fmt: skip
    before = value(inputs().model_copy(update={"facts": facts, "vintages": rows}))
    land = gpd.GeoDataFrame(
        {"parcel_id": ["B-1", "B-2"]},
        geometry=[translate(LAND.geometry.iloc[0], east, 0) for east in (0.0, 1.0)], crs=LAND.crs,
    )  # fmt: skip
    # one burns before the year of the vintage is over, the other after it
    days = [("B-1", date(2022, 6, 1)), ("B-2", date(2023, 6, 1))]
    burnt = dict(zip(days, land.geometry, strict=True))
    after = with_lost(Since(), burnt).value(before, land)
    assert [round(row.net_tCO2e, 3) for row in after.inputs.vintages] == [0, 1000]


def price(amount: float, day: date = date(2021, 9, 3)) -> PriceRow:
    return PriceRow(
        id="x", market="CEA", kind="allowance", first_day=day, last_day=day, price=amount,
        source="made up",
    )  # fmt: skip


def on(valuation: Valuation, day: date) -> Valuation:
    """Return the valuation made again on a later day at the price that it was made at."""
    assert valuation.inputs.price.price is not None
    return at_price(valuation, price(valuation.inputs.price.price, day), day)


def receipts(valuation: Valuation) -> list[tuple[date, Decimal]]:
    return [(one.day, one.amount) for one in valuation.results.payments if one.kind == "receipt"]


@pytest.mark.parametrize("stated", [None, date(2022, 3, 1)])
def test_a_later_day_leaves_verifications_and_payments_where_they_are(
    valuation: Valuation, stated: date | None
) -> None:
    facts = valuation.inputs.facts
    cycle = facts.cycle.model_copy(update={"first_verification": stated})
    first = value(valuation.inputs.model_copy(
        update={"facts": facts.model_copy(update={"cycle": cycle})}
    ))  # fmt: skip
    paid = receipts(first)
    for years in (0, 4, 5, 6, 11):
        day = months_later(facts.base_date, 12 * years + 1)
        left, wanted = receipts(on(first, day)), [one for one in paid if one[0] > day]
        assert [one for one, _ in left] == [one for one, _ in wanted]
        # leap days: a year counts as 365 and a day or two of growth come or go
        for (_, got), (_, want) in zip(left, wanted, strict=True):
            assert float(got) == pytest.approx(float(want), rel=2e-3)


def test_what_was_spent_on_development_is_not_spent_again_on_a_later_day(
    valuation: Valuation,
) -> None:
    costs = valuation.inputs.facts.costs
    assert costs.development > 0
    later = on(valuation, date(2021, 9, 10))
    assert later.inputs.facts.costs.paid_already == costs.paid_already + costs.development
    assert "development" not in [one.kind for one in later.results.payments]
    same = on(valuation, valuation.inputs.facts.base_date)
    assert "development" in [one.kind for one in same.results.payments]


@pytest.mark.parametrize(
    ("amount", "line"),
    # 52.79 * 0.85 = 44.87; * 0.75 = 39.59; * 1.15 = 60.71
    [(50.0, None), (44.9, None), (44.8, "0.15"), (39.5, "0.25"), (60.0, None), (60.8, "0.15")],
)
def test_a_price_is_told_when_it_crosses_a_line_of_the_policy(
    valuation: Valuation, amount: float, line: str | None
) -> None:
    told = list(price_notices([pledged("p", valuation)], [price(amount)], (), DAY))
    assert [n.events for n, _ in told] == ([] if line is None else [(f"x@{line}",)])
    for notice, _ in told:
        assert notice.after is not None
        assert (notice.after.lending_value > notice.before.lending_value) is (amount > 52.79)
        assert list(price_notices([pledged("p", valuation)], [price(amount)],
                                  known_events([notice]), DAY)) == []  # fmt: skip


def test_another_market_s_price_touches_nothing(valuation: Valuation) -> None:
    other = price(10.0).model_copy(update={"market": "CCER"})
    assert list(price_notices([pledged("p", valuation)], [other], (), DAY)) == []


def test_a_valuation_is_due_a_year_on_and_without_a_price_it_says_so(valuation: Valuation) -> None:
    watched = [pledged("p", valuation)]
    assert list(calendar_notices(watched, [], (), date(2022, 7, 29))) == []
    ((unpriced, after),) = calendar_notices(watched, [], (), date(2022, 7, 30))
    assert after is None
    assert unpriced.after is None
    assert unpriced.problem is not None
    assert "2021-07-16" in unpriced.problem.zh
    known = known_events([unpriced])
    assert list(calendar_notices(watched, [], known, date(2022, 7, 31))) == []
    fresh = price(50.0, date(2022, 7, 20))
    ((notice, after),) = calendar_notices(watched, [fresh], known, date(2022, 7, 31))
    assert after is not None
    assert after.inputs.facts.base_date == date(2022, 7, 31)
    assert notice.after is not None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_notice_tells_before_after_and_what_to_pay(valuation: Valuation, language: "str") -> None:
    cut = alerts((west_half(), "2021-09-01"))
    ((notice, _),) = disturbance_notices([pledged("p", valuation)], cut, (), DAY)
    text = notice.text("zh" if language == "zh" else "en")
    assert notice.after is not None
    for figure in (notice.before.lending_value, notice.after.lending_value, notice.cash_top_up):
        assert f"{figure:,.2f}" in text
    # cash that brings 40,000 back to 60 % of the value that is left
    left = notice.after.lending_value * Decimal("0.6")
    assert notice.cash_top_up == (PRINCIPAL - left).quantize(Decimal("0.01"))
    assert ("不是资产评估报告" if language == "zh" else "not an appraisal report") in text


def written(folder: Path, made: Valuation, **columns: object) -> Path:
    (folder / "v.json").write_text(made.to_json(), encoding="utf-8")
    cells = {"pledge_id": "p", "parcel_id": "AJ-001", "principal": "40000", "valuation": "v.json"}
    frame = LAND.assign(**(cells | columns))
    frame.to_file(folder / "pledges.gpkg")
    return folder / "pledges.gpkg"


def test_the_command_tells_once_and_leaves_valuations(valuation: Valuation, tmp_path: Path) -> None:
    file = written(tmp_path, valuation)
    alerts((west_half(), "2021-09-01"))[["date", "geometry"]].astype({"date": str}).to_file(
        tmp_path / "alerts.geojson"
    )
    words = [
        "watch", str(file), "--alerts", str(tmp_path / "alerts.geojson"), "--on", "2021-09-10",
        "--out", str(tmp_path / "out"), "--lang", "zh",
    ]  # fmt: skip
    first = CliRunner().invoke(gep, words, catch_exceptions=False)
    assert "新通知 1 份" in first.stdout
    second = CliRunner().invoke(gep, words, catch_exceptions=False)
    assert "没有新的事件" in second.stdout
    (notice,) = read_book(tmp_path / "out")
    again = (tmp_path / "out" / "valuations" / f"{notice.id}.json").read_text(encoding="utf-8")
    assert notice.after is not None
    assert Valuation.model_validate_json(again).results.lending_value == notice.after.lending_value


def test_faults_of_the_pledges_are_told_all_at_once(valuation: Valuation, tmp_path: Path) -> None:
    with pytest.raises(GepError, match="there is no such file"):
        read_pledges(tmp_path / "none.gpkg")
    file = written(tmp_path, valuation, principal="many")
    with pytest.raises(GepError, match="principal is 'many'"):
        read_pledges(file)
    file = written(tmp_path, valuation, valuation="none.json")
    with pytest.raises(ProjectError, match="no such valuation file"):
        read_pledges(file)
    two = gpd.GeoDataFrame(
        {"pledge_id": ["p", "q"], "parcel_id": ["a", "b"], "principal": ["-1", "x"],
         "valuation": ["v.json"] * 2},
        geometry=[*LAND.geometry] * 2, crs=LAND.crs,
    )  # fmt: skip
    two.to_file(tmp_path / "two.gpkg")
    with pytest.raises(Problems) as problems:
        read_pledges(tmp_path / "two.gpkg")
    assert len(problems.value.errors) == 2


def test_the_pledges_of_a_registry_are_watched_and_notices_noted_once(
    valuation: Valuation, tmp_path: Path
) -> None:
    world = furnished(tmp_path / "registry.db")
    registered = world.until("registered", world.apply("L1", "K1"))
    form = ValuationForm(
        valuation_id="V1", pledge_id=registered, basis_date=date(2021, 7, 30),
        document=json.loads(valuation.to_json()),
    )  # fmt: skip
    record_valuation(world.registry, world.maker, form)
    ((one),) = pledged_in(world.registry).pledges
    assert one.principal == Decimal("300000.00")
    assert one.valuation == valuation
    cut = alerts((shapely.box(119.0, 28.0, 119.005, 28.01), "2021-09-01"))
    found = list(disturbance_notices([one], cut, (), DAY))
    before = world.events()
    ((notice, _),) = found
    note_in(world.registry, world.maker, notice)
    assert world.events() == before + 1
    note_in(world.registry, world.maker, notice)
    assert world.events() == before + 1
    world.registry.close()


def test_a_line_that_is_no_notice_is_named(tmp_path: Path) -> None:
    (tmp_path / "notices.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"notices\.jsonl:1"):
        read_book(tmp_path)
