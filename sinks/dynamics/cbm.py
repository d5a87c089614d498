"""The scheme of CBM-CFS3 (the form cbm_exn, with a stand's own increments), from parameter rows.

Pools and flows are those of the carbon budget model of the Canadian forest sector, its numbers are
Canadian ones: no calibration for another country is known to us. The pools of the carbon account
follow its indicators: dead wood = medium, snags, below-ground fast; litter = above-ground very
fast, fast and slow; soil = below-ground very fast and slow.
"""

from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.dynamics.scheme import Disturbance, Flow, Pool, Product, Roots, Scheme, Step
from sinks.rows import missing, needed

__all__ = ["DECAY", "POOLS", "disturbance", "product", "scheme"]

SERVICE = "stand_carbon"
SET = "cbm-exn"
LIVE = (
    ("stem", "above_ground", Text("商品材树干", "merchantable stem")),
    ("foliage", "above_ground", Text("树叶", "foliage")),
    ("other", "above_ground", Text("枝、树皮与小树", "branches, bark and small trees")),
    ("coarse_roots", "below_ground", Text("粗根", "coarse roots")),
    ("fine_roots", "below_ground", Text("细根", "fine roots")),
)
DEAD = (
    ("above_very_fast", "litter", Text("地上极快分解库", "above ground, very fast")),
    ("below_very_fast", "soil", Text("地下极快分解库", "below ground, very fast")),
    ("above_fast", "litter", Text("地上快速分解库", "above ground, fast")),
    ("below_fast", "dead_wood", Text("地下快速分解库", "below ground, fast")),
    ("medium", "dead_wood", Text("倒木（中速分解库）", "fallen stems, medium")),
    ("above_slow", "litter", Text("地上慢速分解库", "above ground, slow")),
    ("below_slow", "soil", Text("地下慢速分解库", "below ground, slow")),
    ("stem_snag", "dead_wood", Text("枯立木树干", "stems of snags")),
    ("branch_snag", "dead_wood", Text("枯立木枝条", "branches of snags")),
)
POOLS = tuple(
    Pool(id=id_, title=title, account=account, live=live)
    for live, pools in ((True, LIVE), (False, DEAD))
    for id_, account, title in pools
)
INTO_SLOW = {
    "above_very_fast": "above_slow",
    "below_very_fast": "below_slow",
    "above_fast": "above_slow",
    "below_fast": "below_slow",
    "medium": "above_slow",
    "stem_snag": "above_slow",
    "branch_snag": "above_slow",
}
"""Where the part of a decaying pool goes that does not go to the air."""
SLOW = ("above_slow", "below_slow")
DECAY = (*INTO_SLOW, *SLOW)
SNAGS = {"stem_snag": "medium", "branch_snag": "above_fast"}
GROWTH = Step(id="growth", title=Text("生长（全年的一半）", "growth, half of the year's"))
DECLINE = Step(id="decline", title=Text("衰退的生物量枯死", "what growth takes off dies"))
DISTURBANCES = {
    "cbm-clearcut": Text("皆伐并清理枯立木", "clear-cut with salvage of snags"),
    "cbm-wildfire-softwood": Text("针叶林野火", "wildfire in a softwood stand"),
    "cbm-wildfire-hardwood": Text("阔叶林野火", "wildfire in a hardwood stand"),
}
PRODUCT_TITLES = {
    "sawnwood": Text("锯材", "sawnwood"),
    "wood_panels": Text("人造板", "wood panels"),
    "paper": Text("纸和纸板", "paper and paperboard"),
}


def scheme(parameters: Parameters, turnover: str) -> Scheme:
    """Return the scheme, its numbers looked up.

    Parameters
    ----------
    turnover : str
        Set of `turnover_rate` and `root_equation`: `cbm-softwood` or `cbm-hardwood`.

    Raises
    ------
    ParameterMissing
        If one of the numbers has no row.
    """

    def row(parameter: str, key: str, chosen: str = SET, units: str = "1") -> float:
        return needed(parameters, SERVICE, parameter, chosen, key).in_units(units)

    def rate(key: str) -> float:
        return row("turnover_rate", key, turnover, "1/year")

    def part(key: str) -> float:
        return row("turnover_share", key, turnover)

    parts: dict[str, tuple[tuple[str, float], ...]] = {
        "stem": (("stem_snag", 1.0),),
        "foliage": (("above_very_fast", 1.0),),
        "other": _halves("branch_snag", "above_fast", part("other to branch_snag")),
        "coarse_roots": _halves("above_fast", "below_fast", part("coarse_roots above ground")),
        "fine_roots": _halves(
            "above_very_fast", "below_very_fast", part("fine_roots above ground")
        ),
    }
    reference = row("decay_reference_temperature", "", units="degC")

    def decay(pool: str) -> tuple[Flow, ...]:
        to_air = row("decay_share_to_air", pool)
        sinks = [("co2", to_air)]
        if pool in INTO_SLOW:
            sinks.append((INTO_SLOW[pool], 1 - to_air))
        return tuple(
            Flow(
                source=pool, sink=sink, part=share, reference=reference,
                rate=row("decay_rate", pool, units="1/year"),
                q10=row("decay_q10", pool),
            )
            for sink, share in sinks
        )  # fmt: skip

    steps = (
        GROWTH,
        Step(id="snags", title=Text("枯立木倒落", "snags fall"),
             flows=tuple(Flow(source=s, sink=t, rate=rate(s)) for s, t in SNAGS.items())),
        Step(id="turnover", title=Text("周转（由生长补足）", "turnover, which growth replaces"),
             flows=tuple(Flow(source=pool, sink=sink, rate=rate(pool), part=share, renewed=True)
                         for pool, sinks in parts.items() for sink, share in sinks)),
        DECLINE,
        GROWTH,
        Step(id="decay", title=Text("死有机质分解", "dead matter decays"),
             flows=tuple(flow for pool in INTO_SLOW for flow in decay(pool))),
        Step(id="slow_decay", title=Text("慢速库分解", "slow pools decay"),
             flows=tuple(flow for pool in SLOW for flow in decay(pool))),
        Step(id="mixing", title=Text("慢速库混入土壤", "slow matter mixes into the soil"),
             flows=(Flow(source="above_slow", sink="below_slow",
                         rate=row("slow_mixing_rate", "", units="1/year")),)),
    )  # fmt: skip
    fine = tuple(row("fine_root_share", key) for key in ("c1", "c2", "c3"))
    return Scheme(
        pools=POOLS,
        steps=steps,
        decline=parts,
        roots=Roots(
            a=row("root_equation", "a", turnover), b=row("root_equation", "b", turnover),
            fine=(fine[0], fine[1], fine[2]),
            carbon_fraction=row("root_equation_carbon_fraction", "", units="t_C/t_dm"),
        ),
    )  # fmt: skip


def disturbance(parameters: Parameters, chosen: str) -> Disturbance:
    """Return a disturbance, its shares read from the rows of a set.

    Parameters
    ----------
    chosen : str
        Set of `disturbance_share`, whose keys are `source>sink`: `cbm-clearcut`.

    Raises
    ------
    ParameterMissing
        If the set has no rows.
    """
    rows = parameters.of_set("disturbance_share", chosen)
    if not rows:
        raise missing(SERVICE, "disturbance_share", chosen, "")
    flows = []
    for key, row in rows.items():
        source, sink = key.split(">")
        flows.append(Flow(source=source, sink=sink, rate=1.0, part=row.in_units("1")))
    title = DISTURBANCES.get(chosen, Text(chosen, chosen))
    return Disturbance(id=chosen, title=title, flows=tuple(flows))


def product(parameters: Parameters, name: str, share: float, chosen: str = "ipcc-hwp") -> Product:
    """Return a product that takes a share of the wood taken out, with its half-life's row."""
    half_life = needed(parameters, SERVICE, "hwp_half_life", chosen, name).in_units("year")
    title = PRODUCT_TITLES.get(name, Text(name, name))
    pool = Pool(id=name, title=title, account="harvested_wood")
    return Product(pool=pool, share=share, half_life=half_life)


def _halves(first: str, second: str, share: float) -> tuple[tuple[str, float], ...]:
    return (first, share), (second, 1 - share)
