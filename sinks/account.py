"""The forest carbon account of a run: stock and change per parcel and pool."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_catalog.errors import (
    GepError,
    LayerError,
    ParameterMissing,
    ProjectError,
    UnknownNameError,
)
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks import biomass, change, stock
from sinks.densities import density_table
from sinks.pools import POOLS, density_parameter
from tiles.binding import Bound, bind, number
from tiles.checkpoints import unwritable
from tiles.compute import NotComputed, Prepared
from tiles.derive import Derivations
from tiles.inputs import Inputs
from tiles.project import Carbon, Project
from tiles.records import model_record
from tiles.results import Result

TITLE = Text("森林碳储量", "Forest carbon stock")
TITLE_CHANGE = Text("森林碳储量变化", "Forest carbon stock change")
ACCOUNT, ACCOUNT_CHANGE = "carbon_stock", "carbon_stock_change"
CLASS_LAYERS = (("forest", "forest_baseline"), ("land_cover", "land_cover_baseline"))
"""Class maps a stock is read from: a forest mask before land cover; of the account and baseline."""
COLUMNS = ("parcel_id", "pool", "year", "stock_tC", "se_tC", "year_from", "year_to", "change_tC",
           "removal_tCO2e")  # fmt: skip
NUMBERS = ("stock_tC", "se_tC", "change_tC", "removal_tCO2e")


@dataclass(frozen=True, kw_only=True)
class PreparedCarbon(Prepared):
    """What the carbon account reads: class maps, or models of biomass by pool."""

    carbon: Carbon | None = None
    parameters: Parameters | None = None
    classes: tuple[str, ...] = ()
    pools: Mapping[str, tuple[Bound, ...]]


class CarbonAccount:
    """Carbon stock, and its change where there is a baseline, by the project's method."""

    def standard_set(self, parameter: str) -> str:  # noqa: ARG002  (no derived layer reads from it)
        """Return no set: the standard of the services decides for derived layers."""
        return ""

    def parameter_names(self) -> set[str]:
        """Return every parameter that the carbon account may read."""
        densities = {density_parameter(pool) for pool in POOLS}
        return densities.union(*(m.factors() for m in biomass.MODELS))

    def problems(self, inputs: Inputs) -> list[GepError]:  # noqa: ARG002  (it has no tables)
        """Return nothing: what is wrong with the carbon account is found when it is prepared."""
        return []

    def prepare(self, at_hand: Derivations) -> PreparedCarbon:
        """Return the models of the biomass method; the class method needs areas alone."""
        project = at_hand.inputs.project
        if project.carbon is None:
            return PreparedCarbon(pools={})
        if project.carbon.method == "biomass":
            return self._biomass(at_hand, project.carbon)
        return self._classes(at_hand, project.carbon)

    def _classes(self, at_hand: Derivations, carbon: Carbon) -> PreparedCarbon:
        if carbon.densities is None:
            raise ProjectError(
                where="[carbon]",
                problem=Text(
                    "class_density 方法需要 densities（碳密度参数集，如 zhejiang-2016）。",
                    "the class_density method needs `densities`, a set such as zhejiang-2016.",
                ),
            )
        density_table(at_hand.parameters, carbon.densities)
        rasters = at_hand.inputs.rasters
        layers = next((pair for pair in CLASS_LAYERS if pair[0] in rasters), None)
        if layers is None:
            reason = LayerError(
                where="[layers]",
                problem=Text(
                    "没有 forest 或 land_cover 图层。", "there is no forest or land_cover."
                ),
            )
            return PreparedCarbon(pools={}, not_computed=(NotComputed(ACCOUNT, TITLE, (reason,)),))
        classes = tuple(name for name in layers if name in rasters)
        refused = () if len(classes) == len(layers) else (_no_baseline(layers[1]),)
        return PreparedCarbon(
            carbon=carbon, parameters=at_hand.parameters, classes=classes, pools={},
            not_computed=refused, rows=_of_removals(at_hand.parameters, changes=not refused),
        )  # fmt: skip

    def _biomass(self, at_hand: Derivations, carbon: Carbon) -> PreparedCarbon:
        if carbon.factors is None:
            raise ProjectError(
                where="[carbon]",
                problem=Text(
                    "biomass 方法需要 factors（含碳率与根茎比参数集）。",
                    "the biomass method needs `factors`, the set of carbon fraction and roots.",
                ),
            )
        _check_factors(at_hand.parameters, carbon.factors)
        pools: dict[str, tuple[Bound, ...]] = {}
        refused: list[NotComputed] = []
        for layer, title, account in (
            (biomass.LAYER, TITLE, ACCOUNT),
            (biomass.LAYER_BASELINE, TITLE_CHANGE, ACCOUNT_CHANGE),
        ):
            # no change without a stock: the pools would hold the baseline alone
            reason = refused[0].reasons[0] if refused else at_hand.obtain(layer)
            if reason is None:
                try:
                    bound = [
                        bind(
                            model, id_=model.id, account=account, parameters=at_hand.parameters,
                            set_of=lambda _: carbon.factors or "", standard=carbon.factors,
                            classes="",
                        )
                        for model in biomass.MODELS if layer in model.inputs
                    ]  # fmt: skip
                except ParameterMissing as missing:
                    reason = missing
                else:
                    for one in bound:
                        pool = one.id.removesuffix("_baseline").removesuffix("_carbon")
                        pools[pool] = (*pools.get(pool, ()), one)
            if reason is not None:
                refused.append(NotComputed(account, title, (reason,)))
        models = tuple(m for both_years in pools.values() for m in both_years)
        return PreparedCarbon(
            models=models, not_computed=tuple(refused), carbon=carbon,
            parameters=at_hand.parameters, pools=pools,
            rows=_of_removals(at_hand.parameters, changes=not refused),
        )  # fmt: skip

    def write(self, result: Result, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Write carbon.parquet, its totals as CSV and the change matrix."""
        assert isinstance(prepared, PreparedCarbon)  # noqa: S101  (for the type checker)
        if prepared.carbon is None or prepared.parameters is None:
            return {}
        if prepared.carbon.method == "biomass" and not prepared.pools:
            return {}  # the reasons are among those of what is not computed
        project = result.inputs.project
        refused: list[NotComputed] = []
        try:
            if prepared.pools:
                rows, totals = _by_biomass(result, prepared, project)
            else:
                rows, totals = _by_class(result, prepared, project, folder)
        except ParameterMissing as missing:
            refused.append(NotComputed(ACCOUNT, TITLE, (missing,)))
            return {"carbon_not_computed": [r.record() for r in refused]}
        try:
            _write(rows, totals, folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        return {
            "carbon": {
                "method": prepared.carbon.method,
                "densities": prepared.carbon.densities or prepared.carbon.factors,
                "classes": list(prepared.classes),
                "models": [
                    {"pool": pool, "year": year} | model_record(model.model, model.rows)
                    for pool, models in prepared.pools.items()
                    for model, year in zip(models, _years(project), strict=False)
                ],
                "removals": [row.name() for row in prepared.rows],
            },
            "carbon_parameters": _rows_used(prepared),
        }


def _check_factors(parameters: Parameters, chosen: str) -> None:
    """Raise if a set, with the project's own rows, has none of the factors of biomass."""
    names = {name for model in biomass.MODELS for name in model.factors()}
    if not any(parameters.find(name, chosen) for name in names):
        known = {row.set for row in parameters if row.parameter in names}
        raise UnknownNameError(
            where="[carbon] factors",
            kind=Text("参数集", "parameter set"),
            name=chosen,
            hint=suggestion(chosen, known),
        )


def _no_baseline(layer: str) -> NotComputed:
    reason = LayerError(
        where=layer,
        problem=Text(
            "没有基期图层，只算储量。", "there is no baseline layer: the stock alone is computed."
        ),
    )
    return NotComputed(ACCOUNT_CHANGE, TITLE_CHANGE, (reason,))


def transitions(result: Result, classes: tuple[str, ...]) -> pd.DataFrame:
    """Return the land-use change matrix per parcel.

    Parameters
    ----------
    classes : (account layer,) or (account layer, baseline layer)

    Returns
    -------
    DataFrame
        parcel_id, ecosystem_from, ecosystem_to, area_ha; the same class twice without a baseline.
    """
    areas = result.areas(tuple(dict.fromkeys(reversed(classes))))
    return pd.DataFrame(
        {
            "parcel_id": areas["parcel_id"],
            "ecosystem_from": areas[classes[-1]],
            "ecosystem_to": areas[classes[0]],
            "area_ha": areas["area_m2"] * conversion("m2", "ha")[0],
        }
    )


def _by_class(
    result: Result, prepared: PreparedCarbon, project: Project, folder: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    assert prepared.parameters is not None  # noqa: S101
    table = density_table(prepared.parameters, str(prepared.carbon and prepared.carbon.densities))
    moved = transitions(result, prepared.classes)
    year, before = project.project.year, project.project.baseline_year
    rows, totals = [], []
    for date, land in ((before, change.opening(moved)), (year, change.closing(moved))):
        if date == before and len(prepared.classes) == 1:
            continue
        rows.append(stock.stock(land, table).assign(year=date))
        totals.append(stock.totals(land, table).assign(year=date))
    if len(prepared.classes) > 1 and before is not None:
        to_co2 = _co2_per_carbon(prepared.parameters)
        rows.append(change.change(moved, table, before, year, to_co2))
        totals.append(change.totals(moved, table, before, year, to_co2))
        change.matrix(moved.assign(parcel_id="")).droplevel("parcel_id").to_csv(
            folder / "carbon_change_matrix.csv"
        )
    return _framed(rows), _framed(totals)


def _co2_per_carbon(parameters: Parameters) -> Row:
    row = parameters.find("co2_per_carbon", "stoichiometry")
    if row is None:
        raise ParameterMissing(
            service=ACCOUNT, parameter="co2_per_carbon", standard="stoichiometry", key=Text("", "")
        )
    return row


def _years(project: Project) -> tuple[int, int | None]:
    return project.project.year, project.project.baseline_year


def _of_removals(parameters: Parameters, *, changes: bool) -> tuple[Row, ...]:
    """Return the row that turns a change of carbon into removals, where there is a change."""
    row = parameters.find("co2_per_carbon", "stoichiometry") if changes else None
    return (row,) if row else ()


def _by_biomass(
    result: Result, prepared: PreparedCarbon, project: Project
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return stocks of each pool and year, and their change, per parcel and in total."""
    assert prepared.parameters is not None  # noqa: S101
    factors = str(prepared.carbon and prepared.carbon.factors)
    years = _years(project)
    sums: dict[tuple[str, int | None], pd.Series[float]] = {}
    for pool, models in prepared.pools.items():
        for model, year in zip(models, years, strict=False):
            found = result.amounts(model, ())
            known = found["missing_m2"] < found["area_m2"]
            amounts = found["amount"].where(known)
            sums[pool, year] = amounts.groupby(found["parcel_id"]).sum(min_count=1)
    to_co2 = _co2_per_carbon(prepared.parameters).in_units("t_CO2e/t_C")
    errors = _Errors(prepared.parameters, factors)
    rows = _biomass_rows(sums, years, errors, to_co2)
    together = {key: pd.Series({"": values.sum()}) for key, values in sums.items()}
    return _framed(rows), _framed(_biomass_rows(together, years, errors, to_co2))


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard errors that come from the shared factors."""

    parameters: Parameters
    factors: str

    def of(self, pool: str, above: "pd.Series[float]", below: "pd.Series[float]") -> Any:  # noqa: ANN401
        row = {n: number(n, biomass.BELOW_GROUND.factors()[n], self.parameters, self.factors,
                         ACCOUNT, self.factors)
               for n in biomass.BELOW_GROUND.factors()}  # fmt: skip
        ratios = row["root_shoot_ratio_low_biomass"], row["root_shoot_ratio_high_biomass"]
        low, high = biomass.biomass_by_threshold(above, below, row["carbon_fraction"], *ratios)
        if pool == "above_ground":
            return biomass.above_ground_se(low + high, row["carbon_fraction"])
        return biomass.below_ground_se(low, high, row["carbon_fraction"], *ratios)


def _biomass_rows(
    sums: Mapping[tuple[str, int | None], "pd.Series[float]"],
    years: tuple[int, int | None],
    errors: _Errors,
    to_co2: float,
) -> list[pd.DataFrame]:
    rows = []
    year, before = years
    for (pool, date), values in sums.items():
        se = errors.of(pool, sums["above_ground", date], sums["below_ground", date])
        rows.append(
            pd.DataFrame({"parcel_id": values.index, "pool": pool, "year": date,
                          "stock_tC": values.to_numpy(), "se_tC": se})
        )  # fmt: skip
    for pool in dict.fromkeys(p for p, _ in sums):
        if (pool, before) not in sums:
            continue
        gain = {p: sums[p, year] - sums[p, before] for p in ("above_ground", "below_ground")}
        se = errors.of(pool, gain["above_ground"], gain["below_ground"])
        rows.append(
            pd.DataFrame({"parcel_id": gain[pool].index, "pool": pool, "year_from": before,
                          "year_to": year, "change_tC": gain[pool].to_numpy(), "se_tC": se,
                          "removal_tCO2e": gain[pool].to_numpy() * to_co2})
        )  # fmt: skip
    return rows


def _framed(rows: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all rows with all columns, years as whole numbers or empty."""
    complete = []
    for row in rows:
        frame = row.reindex(columns=list(COLUMNS))
        for column in NUMBERS:
            frame[column] = frame[column].astype(np.float64)
        for column in ("year", "year_from", "year_to"):
            frame[column] = frame[column].astype("Int16")
        complete.append(frame)
    return pd.concat(complete, ignore_index=True)


def _write(rows: pd.DataFrame, totals: pd.DataFrame, folder: Path) -> None:
    table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, folder / "carbon.parquet", compression="zstd")
    totals.drop(columns="parcel_id").to_csv(folder / "carbon.csv", index=False)


def _rows_used(prepared: PreparedCarbon) -> list[dict[str, Any]]:
    if prepared.parameters is None or prepared.carbon is None or not prepared.carbon.densities:
        return []
    table = density_table(prepared.parameters, prepared.carbon.densities)
    return [d.row.record() for d in table.densities.values()]
