"""The watch over the pledges of a registry, on both databases, with the command that people run."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from cli.main import gep
from lending import registry
from lending.registry import ValuationForm, record_valuation
from lending.valuation.value import value
from lending.watch import Seen, keep_in, read_book, round_of
from lending.watch.notices import Notice
from lending.watch.recorded import recorded_signals
from lending.watch.registered import noted_in, pledged_in
from tests.lending.loan_file.made_up import inputs
from tests.lending.registry.world import World, opened
from tests.lending.watch.test_watch import alerts

BURNT = shapely.box(119.0, 28.0, 119.005, 28.01)
"""Half of the parcel K1."""
DAY = date(2021, 9, 10)


def watched(world: World) -> str:
    """Register and value a pledge of K1; another one, of K2, has no valuation."""
    name = world.until("registered", world.apply("L1", "K1"))
    form = ValuationForm(
        valuation_id="V1", pledge_id=name, basis_date=date(2021, 7, 30),
        document=json.loads(value(inputs()).to_json()),
    )  # fmt: skip
    record_valuation(world.registry, world.maker, form)
    world.parcel("K2", west=119.5)
    world.loan("L2")
    world.until("registered", world.apply("L2", "K2"))
    return name


def test_the_command_notes_once_and_names_what_has_no_valuation(
    furnished_place: Callable[[], str], tmp_path: Path
) -> None:
    place = furnished_place()
    world = opened(place)
    name = watched(world)
    file = tmp_path / "alerts.geojson"
    gpd.GeoDataFrame({"date": ["2021-09-01"]}, geometry=[BURNT], crs="EPSG:4490").to_file(file)
    words = ["watch", place, "--alerts", str(file), "--on", "2021-09-10", "--out",
             str(tmp_path / "out"), "--lang", "en"]  # fmt: skip
    nobody = CliRunner().invoke(gep, words, env={"GEP_PLEDGE_USER": ""})
    assert nobody.exit_code != 0
    first = CliRunner().invoke(gep, [*words, "--user", "bank_maker.1"], catch_exceptions=False)
    assert f"Pledge {name}: disturbance" in first.output
    assert "not watched: P000002" in first.output
    before = world.events()
    again = CliRunner().invoke(gep, [*words, "--user", "bank_maker.1"], catch_exceptions=False)
    assert "Nothing new." in again.output
    assert world.events() == before
    fires = [one for one in noted_in(world.registry) if one.kind == "disturbance"]
    (fire,) = fires
    assert fire in read_book(tmp_path / "out")
    assert fire.after is not None
    assert fire.after.lending_value < fire.before.lending_value
    assert (tmp_path / "out" / "words" / f"{fire.id}.zh.txt").is_file()
    assert registry.audit(world.registry).fault is None
    refused = CliRunner().invoke(gep, [*words, "--user", "auditor.1"])
    assert refused.exit_code != 0
    world.registry.close()


class Stopped(BaseException):
    """The process is killed here."""


@pytest.mark.parametrize("point", ["keep_valuation", "note_in", "write_notice"])
def test_stopped_anywhere_in_between_it_is_told_once(
    world: World, tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(world)
    seen = Seen(alerts=(alerts((BURNT, "2021-09-01")),))

    def a_round() -> None:
        list_ = pledged_in(world.registry, world.maker.organisation)
        told = noted_in(world.registry, world.maker.organisation)
        found = round_of(list_.pledges, told, seen, DAY)
        keep_in(world.registry, world.maker, tmp_path / "out", found)

    def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(f"lending.watch.rounds.{point}", stop)
        with pytest.raises(Stopped):
            a_round()
    a_round()
    a_round()
    (one,) = noted_in(world.registry)
    assert read_book(tmp_path / "out") == (one,)
    assert (tmp_path / "out" / "valuations" / f"{one.id}.json").is_file()


def test_what_the_registry_itself_warns_of(world: World) -> None:
    """Batch B1 ends 2027-01-01 and loan L1 on 2029-01-01; policies end and others register."""
    name = watched(world)
    policy = registry.PolicyForm(
        policy_id="Y1", pledge_id=name, insurer="PICC", perils="fire", trigger="",
        sum_insured=Decimal(1), payee="bank", valid_from=date(2026, 1, 1),
        valid_to=date(2027, 1, 1),
    )  # fmt: skip
    registry.record_policy(world.registry, world.maker, policy)
    pledges = pledged_in(world.registry).pledges

    def told(on: date) -> dict[str, str]:
        found = recorded_signals(world.registry, pledges, on)
        return {one.rule: one.event for one in found if one.pledge_id == name}

    today = datetime.now(UTC).date()
    # the same holder registered K2 for another loan
    assert told(today) == {"new_registration": "P000002"}
    assert told(date(2027, 1, 1))["insurance_lapsed"] == "2027-01-01"
    # the 90 and 30 days of the example policy before 2029-01-01: 2028-10-03 and 2028-12-02
    assert "maturity" not in told(date(2028, 10, 2))
    assert told(date(2028, 10, 3))["maturity"] == "2029-01-01 90"
    assert told(date(2028, 12, 2))["maturity"] == "2029-01-01 30"
    assert told(date(2029, 1, 1))["maturity"] == "2029-01-01 30"
    assert told(date(2029, 1, 2))["maturity"] == "2029-01-01 past"


def test_an_end_that_is_past_on_the_first_watch_is_told_once(world: World) -> None:
    name = watched(world)
    pledges = pledged_in(world.registry).pledges
    late, later = date(2031, 5, 1), date(2031, 6, 1)

    def notices(on: date, told: list[Notice]) -> list[Notice]:
        seen = Seen(signals=tuple(recorded_signals(world.registry, pledges, on)))
        found = round_of(pledges, told, seen, on)
        return [one for one, _ in found if (one.pledge_id, one.rule) == (name, "maturity")]

    (first,) = notices(late, [])
    assert first.event_on == date(2029, 1, 1)
    assert "2029-01-01, past" in first.what.en
    assert notices(later, [first]) == []
