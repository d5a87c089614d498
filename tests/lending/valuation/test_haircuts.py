"""Haircuts: what they are, and that nothing is taken off twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy import HAIRCUTS, Haircut
from lending.policy.model import HaircutKind
from lending.valuation.haircuts import (
    applied,
    factor,
    liquidity_haircut,
    price_at_risk,
    remainder,
)
from lending.valuation.result import Inputs, Vintage
from lending.valuation.tonnes import Taken
from lending.valuation.value import value
from lending.valuation.worked import Worked, worked
from tests.lending.valuation.conftest import FREE, policy_of

Make = Callable[..., Inputs]
SHARES = st.floats(0, 1)
GROWN = {"vintage_from": date(2025, 1, 1), "vintage_to": date(2026, 1, 1)}
IN_TONNES = Text("已计入", "in the tonnes")


@pytest.mark.parametrize(("days", "wanted"), [(20, 0.204974), (60, 0.327867), (252, 0.557016)])
def test_price_at_risk(days: float, wanted: float) -> None:
    # sigma 35 %, 99 % one-sided, a year of 252 days
    assert price_at_risk(norm.ppf(0.99), 0.35, days, 252) == pytest.approx(wanted, abs=5e-7)


def test_liquidity_is_the_wait_and_the_concession() -> None:
    # 200 t to sell at 100 t a year: 2 years at 6 %, and 10 % conceded: 1 - 0.9 / 1.1236 = 0.19900
    assert liquidity_haircut(200, 100, 0.10, 0.06) == pytest.approx(1 - 0.9 / 1.06**2)
    assert liquidity_haircut(0, 100, 0.0, 0.06) == 0


@given(rates=st.lists(SHARES, max_size=7), shares=st.lists(SHARES, max_size=7))
def test_what_is_left_is_between_nothing_and_all(rates: list[float], shares: list[float]) -> None:
    kinds = list(HAIRCUTS)
    policy = policy_of(
        haircuts=[{"kind": k, "rate": h, "source": "s"} for k, h in zip(kinds, rates, strict=False)]
    )
    given_rates = dict(zip(kinds, rates, strict=False))
    already = {k: Taken(share=s, reason=IN_TONNES) for k, s in zip(kinds, shares, strict=False)}
    found = applied(policy, given_rates, already)
    for mode in ("multiplicative", "additive"):
        assert 0 <= factor(found, mode) <= 1
    assert factor(found, "additive") <= factor(found, "multiplicative") + 1e-12
    assert all(0 <= one.applied <= one.rate for one in found)


@given(rate=SHARES, share=SHARES, part=st.floats(0.01, 1))
def test_a_haircut_and_what_is_in_the_tonnes_take_the_larger_of_both(
    rate: float, share: float, part: float
) -> None:
    left = remainder(rate, Taken(share=share, reason=IN_TONNES))
    assert (1 - share) * (1 - left) == pytest.approx(min(1 - rate, 1 - share), abs=1e-9)
    # of tonnes a part of which is certain: the larger of both is taken of the others
    mixed = remainder(rate, Taken(share=share, reason=IN_TONNES, of=part))
    wanted = 1 - part + part * min(1 - rate, 1 - share)
    assert (1 - part * share) * (1 - mixed) == pytest.approx(wanted, abs=1e-9)


@given(
    rates=st.lists(SHARES, min_size=3, max_size=3), shares=st.lists(SHARES, min_size=3, max_size=3)
)
def test_haircuts_that_add_up_take_their_sum_and_the_tonnes_never_make_it_less(
    rates: list[float], shares: list[float]
) -> None:
    """Of price, volume and permanence the last two are in the tonnes by some share already."""
    kinds: list[HaircutKind] = ["price", "volume", "permanence"]
    policy = policy_of(
        haircut_mode="additive",
        haircuts=[{"kind": k, "rate": h, "source": "s"} for k, h in zip(kinds, rates, strict=True)],
    )
    volume, permanence, more = (0.99 * share for share in shares)

    def lent(volume: float) -> float:
        already = {"volume": volume, "permanence": permanence}
        counted = {k: Taken(share=s, reason=IN_TONNES) for k, s in already.items()}
        found = applied(policy, dict(zip(kinds, rates, strict=True)), counted)
        return (1 - volume) * (1 - permanence) * factor(found, "additive")

    assert lent(volume) <= max(0.0, 1 - sum(rates)) + 1e-9
    assert lent(max(volume, more)) <= lent(volume) + 1e-9


def test_a_quarter_in_the_tonnes_does_not_waive_a_fifth_of_the_sum(s03: Make) -> None:
    """0.45 and 0.20 add up to 0.65, of which 0.35 is left, however sure the tonnes are.

    At z cv = 0.1 the tonnes are 0.9: 0.9 (1 - 0.45 - h') = 0.35 is h' = 0.161. It was 0.111, and
    0.395 of the estimate was lent on.
    """
    cuts = {"price": 0.25, "settlement": 0.05, "liquidity": 0.15, "volume": 0.20}
    policy = {
        "haircut_mode": "additive",
        "haircuts": [{"kind": k, "rate": h, "source": "s"} for k, h in cuts.items()],
    }
    holding = {"area_mu": 1e4, "yield_tCO2e_per_mu": 0.39, "cv": 0.1 / 1.2815516, "source": "s"}
    found = worked(s03(policy=policy, holding=holding))
    assert found.factor == pytest.approx(0.35 / 0.9)


def test_volume_and_permanence_are_not_taken_twice(s03: Make) -> None:
    full = [{"kind": k, "rate": 0.2, "source": "s"} for k in ("volume", "permanence")]

    def taken(**changes: Any) -> list[float]:
        return [one.applied for one in worked(s03(policy={"haircuts": full}, **changes)).haircuts]

    # the lower bound takes 19.22328 %, the buffer 10 %: left are 1 - .8 / .8077672 and 1 - .8 / .9
    assert taken() == pytest.approx([0.00961564, 1 / 9], abs=1e-7)
    # so that of the gross tonnes 80 % count for each
    assert worked(s03(policy={"haircuts": full})).factor * 0.8077672 * 0.9 == pytest.approx(0.64)
    assert taken(tonnes={"buffer": 0.2, "leakage": 0})[1] == 0  # all of it is in the tonnes
    assert taken(tonnes={"buffer": 0.001, "leakage": 0})[1] == pytest.approx(1 - 0.8 / 0.999)
    certain = {"area_mu": 10_000, "yield_tCO2e_per_mu": 0.39, "cv": 0, "source": "s"}
    nearly = certain | {"cv": 1e-6}
    assert taken(tonnes={"buffer": 0, "leakage": 0}, holding=certain) == [0.2, 0.2]
    assert taken(holding=nearly)[0] == pytest.approx(0.2, abs=2e-6)


def test_the_file_tells_what_is_in_the_tonnes_and_what_is_left(s03: Make) -> None:
    full = [{"kind": k, "rate": 0.2, "source": "s"} for k in ("volume", "permanence")]
    found = value(s03(policy={"haircuts": full}))
    notes = {one.id: one.note for one in found.steps}
    assert notes["haircut_volume"].en == (
        "90% lower bound of the tonnes took 19.22%: the rest of 20%"
    )
    assert notes["haircut_permanence"].zh == "缓冲已扣 10%：补足 20%"


OPEN = {"se_tCO2e": 0.0, "kind": "ex_ante"}
# a standard error: 100 - 1.281552 x 10 = 87.18448, so 12.81552 % are taken
BOUND = 1 - 0.8 / 0.8718448


@pytest.mark.parametrize(
    ("row", "deducted", "shares", "taken"),
    [
        ({"se_tCO2e": 10.0, "kind": "ex_ante"}, ("buffer",), {"buffer": 0.2},
         {"volume": BOUND, "permanence": 0}),
        # twice as much error takes more than the haircut
        ({"se_tCO2e": 20.0, "kind": "ex_ante"}, ("buffer",), {"buffer": 0.1},
         {"volume": 0, "permanence": 1 / 9}),
        # no error at all, and no buffer: both haircuts stand
        (OPEN, (), {}, {"volume": 0.2, "permanence": 0.2}),
        # what is deducted is in the net, but nobody says how much: that is nothing to go by
        (OPEN, ("uncertainty", "buffer"), {}, {"volume": 0.2, "permanence": 0.2}),
        # the methodology's own deduction is in the net
        (OPEN, ("uncertainty",), {"uncertainty": 0.3}, {"volume": 0, "permanence": 0.2}),
        # its 5 % and the lower bound's 12.8 %: 0.95 x 0.8718448 = 0.82825256 is left of the claim
        ({"se_tCO2e": 10.0, "kind": "ex_ante"}, ("uncertainty",), {"uncertainty": 0.05},
         {"volume": 1 - 0.8 / 0.82825256, "permanence": 0.2}),
        # units that are issued are as many as they are
        ({"kind": "issued", **GROWN}, ("buffer",), {"buffer": 0.2},
         {"volume": 0, "permanence": 0}),
    ],
)  # fmt: skip
def test_what_the_net_of_vintages_has_in_it_is_not_taken_twice(
    s03: Make, row: dict[str, Any], deducted: tuple[str, ...], shares: dict[str, float],
    taken: dict[str, float],
) -> None:  # fmt: skip
    of = of_rows(s03, (row,), deducted, shares)
    found = {one.kind: one.applied for one in of.haircuts if one.kind in taken}
    assert found == pytest.approx(taken, abs=1e-6)
    left = 1.0
    for share in taken.values():
        left *= 1 - share
    assert of.factor == pytest.approx(left, abs=1e-6)


def test_an_error_of_tonnes_that_are_paid_late_waives_nothing_of_those_near(s03: Make) -> None:
    """5,000 t of now and 5,000 t of 2050, a haircut of 30 %: both and the bound together take 30 %.

    By their tonnes, a standard error of 60 % of the late ones took 38 % of all and waived the
    haircut: 268,431 were lent on where 219,846 are, if they are certain.
    """
    policy = {"haircuts": [{"kind": "volume", "rate": 0.3, "source": "s"},
                           {"kind": "liquidity", "rate": 0.1, "source": "s"}]}  # fmt: skip
    late = {"vintage_from": date(2050, 1, 1), "vintage_to": date(2051, 1, 1), "kind": "ex_ante"}
    for se in (0.0, 0.2, 0.6):
        rows = tuple(
            Vintage.model_validate({"parcel_id": "p", "net_tCO2e": 5000, "se_tCO2e": error} | row)
            for row, error in (({"kind": "monitored", **GROWN}, 0.0), (late, 5000 * se))
        )
        found = value(s03(
            vintages=rows, holding=None, tonnes={"deducted": ["buffer", "leakage"]}, costs=FREE,
            ends={"crediting": date(2051, 1, 1), "tenure": 30.0, "programme": 30.0}, policy=policy,
        ))  # fmt: skip
        # (300,000 / 1.06 + 300,000 / 1.06^26) x 0.7 x 0.9
        assert float(found.results.lending_value) == pytest.approx(219_845.98, abs=0.01)


def test_a_haircut_for_volume_is_for_tonnes_that_are_not_issued(s03: Make) -> None:
    # 100 t are issued; of 100 t to come, paid in six years, 80 % are to count. They bring 1.06^-6 =
    # 0.704961 of the price today: 0.2 x 0.704961 / 1.704961 = 8.27 % are taken
    issued = {"kind": "issued", **GROWN}
    of = of_rows(s03, (issued, OPEN), ("buffer",), {})
    assert of.haircuts[0].applied == pytest.approx(0.082695, abs=1e-6)
    err = {"se_tCO2e": 10.0, "kind": "ex_ante"}
    # the bound has 87.18448 of the 100 to come
    of = of_rows(s03, (issued, err), ("buffer",), {})
    assert of.haircuts[0].applied == pytest.approx(
        1 - (100 + 80 * 0.704961) / (100 + 87.18448 * 0.704961), abs=1e-6
    )
    # what has no bound, or grows after T, counts as nothing and says nothing of the others
    lost = {"kind": "ex_ante", "vintage_from": date(2027, 1, 1), "vintage_to": date(2028, 1, 1)}
    late = err | {"se_tCO2e": 50.0, "vintage_from": date(2040, 1, 1),
                  "vintage_to": date(2041, 1, 1)}  # fmt: skip
    again = of_rows(s03, (issued, err, lost, late), ("buffer",), {})
    assert again.haircuts[0].applied == of.haircuts[0].applied


def of_rows(
    s03: Make, rows: tuple[dict[str, Any], ...], deducted: tuple[str, ...], shares: dict[str, float]
) -> Worked:
    kinds = [{"kind": k, "rate": 0.2, "source": "s"} for k in ("volume", "permanence")]
    kinds += [{"kind": "liquidity", "rate": 0.0, "source": "s"}]
    buffer = {} if "buffer" in deducted else {"buffer": 0}
    return worked(s03(
        holding=None, costs=FREE, policy={"haircuts": kinds},
        vintages=tuple(Vintage.model_validate(VINTAGE | row) for row in rows),
        tonnes={"deducted": ["leakage", *deducted], "deducted_shares": shares} | buffer,
    ))  # fmt: skip


def test_a_share_of_what_is_not_deducted_is_refused(s03: Make) -> None:
    with pytest.raises(ValueError, match="deducted_shares has buffer"):
        s03(tonnes={"deducted": ["leakage"], "deducted_shares": {"buffer": 0.1}, "buffer": 0.1})


VINTAGE = {"parcel_id": "p", "vintage_from": date(2026, 1, 1), "vintage_to": date(2027, 1, 1),
           "net_tCO2e": 100.0}  # fmt: skip


def graded(grade: str) -> dict[str, Any]:
    rule = {"kind": "title", "method": "grades", "source": "s",
            "grades": {"clear": 0.0, "open": 0.15, "faulty": "refuse"}}  # fmt: skip
    return {"policy": {"haircuts": [rule]}, "title_grade": grade}


def test_title_by_grade(s03: Make) -> None:
    assert worked(s03(**graded("clear"))).factor == 1
    assert worked(s03(**graded("open"))).factor == pytest.approx(0.85)
    refused = value(s03(**graded("faulty"))).results
    assert (refused.lending_value, refused.max_loan, refused.bound_by) == (0, 0, "title")
    with pytest.raises(ProjectError, match="clear, open, faulty"):
        worked(s03(**graded("")))


def test_liquidity_asks_for_the_market_s_sales(s03: Make) -> None:
    rule = {"kind": "liquidity", "method": "sell_through", "concession": 0.1, "source": "s"}
    with pytest.raises(ProjectError, match="sales_per_year"):
        worked(s03(policy={"haircuts": [rule]}))
    inputs = s03(policy={"haircuts": [rule]})
    market = {"listed": 429_500, "sold": 40_600, "sales_per_year": 194_450}
    row = inputs.price.model_copy(update=market)
    # 388,900 t to sell, 194,450 a year: a wait of 2 years
    left = worked(inputs.model_copy(update={"price": row})).factor
    assert left == pytest.approx(0.9 / 1.06**2)


def test_a_haircut_lacks_nothing_it_needs() -> None:
    with pytest.raises(ValueError, match="lacks numbers"):
        Haircut(kind="price", method="value_at_risk", volatility=0.35, source="s")


def test_a_stale_price_is_refused(s03: Make) -> None:
    early = s03().price.model_copy(update={"last_day": date(2025, 11, 1),
                                           "first_day": date(2025, 11, 1)})  # fmt: skip
    with pytest.raises(ProjectError, match="61 days before"):
        worked(s03().model_copy(update={"price": early}))
    late = early.model_copy(update={"last_day": date(2026, 1, 2)})
    with pytest.raises(ProjectError, match="after the base date"):
        worked(s03().model_copy(update={"price": late}))
    blank = s03().price.model_copy(update={"price": None})
    with pytest.raises(ProjectError, match="no mean or close"):
        worked(s03().model_copy(update={"price": blank}))
