"""From a figure back to its source: what it rests on, how much land it counts, how to redo it."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_catalog.errors import RunError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from gep.codes import ALL, GEP, UNSHARED
from gep.figures import Accounted, account_figures
from gep.seea.asset import ASSET_VALUE
from gep.seea.figures import seea_figures
from gep.seea.labels import TOTAL
from tiles.lineage import Figure, LayerUsed, Lineage, TableUsed

__all__ = ["Counted", "Part", "Trace", "dependents", "gep_figures", "trace"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the figures that another is worked out from."""

    code: str
    title: Text
    value: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The land that a figure counts.

    Parameters
    ----------
    area_ha : float
        Of its ecosystems in the parcels.
    cells : int
        Cells of the grid that this area is, border cells by their part.
    missing_share : float or None
        The share of the area whose inputs are missing; None where that is no question.
    """

    area_ha: float
    cells: int
    parcels: int
    missing_share: float | None


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Everything behind one figure.

    Parameters
    ----------
    models : tuple of dict
        The models behind it as the manifest has them; not those of every service where it adds
        several services up.
    parameters : tuple of dict
        The parameter rows, prices included.
    recompute : str
        The command that made the run.
    """

    code: str
    title: Text
    value: str
    unit: str
    price_year: str
    file: str
    line: int
    column: str
    standard: str
    standard_title: Text
    said: Text
    formula: str
    parts: tuple[Part, ...]
    models: tuple[Mapping[str, Any], ...]
    parameters: tuple[Mapping[str, Any], ...]
    layers: tuple[LayerUsed, ...]
    tables: tuple[TableUsed, ...]
    parcels: str
    counted: Counted | None
    recompute: str
    software: Mapping[str, str]


def gep_figures(lineage: Lineage) -> Iterator[Figure]:
    """Yield the figures of a run's account and SEEA tables, of all its standards.

    A figure that two tables show comes once, from the table that has it first: the summary, the
    account by ecosystem, the items.

    Raises
    ------
    RunError
        If the run was made by a version that did not write down what each figure rests on.
    """
    manifest = lineage.manifest
    if "standard" not in manifest:
        return
    if "seea_inputs" not in manifest:
        problem = Text(
            "由旧版本计算，没有记录各数字的由来。请重新计算。",
            "was made by an earlier version, which did not write down where its figures come "
            "from. Compute it again.",
        )
        raise RunError(where=str(lineage.run), problem=problem)
    seen: set[str] = set()
    sections = (manifest, *manifest.get("other_standards", {}).values())
    for place, section in enumerate(sections):
        accounted = Accounted(lineage, section, place == 0)
        for figure in (*account_figures(accounted), *seea_figures(accounted)):
            if figure.code not in seen:
                seen.add(figure.code)
                yield figure


def dependents(figures: Mapping[str, Figure], row: str) -> list[str]:
    """Return the codes of the figures that depend on a parameter row, as `parameter[set, key]`.

    A figure is among them if the row is read on the way to it: one that happens not to move when
    the row does (a threshold no cell is near) is listed all the same.

    Parameters
    ----------
    figures : dict
        A run's figures by code.
    """
    return [code for code, figure in figures.items() if row in figure.rests.rows]


def trace(lineage: Lineage, figures: Mapping[str, Figure], code: str) -> Trace:
    """Return everything behind a figure.

    Parameters
    ----------
    figures : dict
        The run's figures by code.

    Raises
    ------
    UnknownNameError
        If there is no such code, with the nearest ones.
    """
    if code not in figures:
        kind = Text("数字代码", "code of a figure")
        hint = suggestion(code, figures)
        raise UnknownNameError(where=str(lineage.run), kind=kind, name=code, hint=hint)
    figure, manifest = figures[code], lineage.manifest
    standard = figure.place.get("standard", "")
    section = manifest
    if standard != manifest.get("standard"):
        section = manifest.get("other_standards", {}).get(standard, {})
    titles = (section.get(f"standard_title_{lang}", "") for lang in ("zh", "en"))
    rests = figure.rests
    return Trace(
        code=code, title=figure.title, value=figure.value, unit=figure.unit,
        price_year=figure.price_year, file=figure.file, line=figure.line, column=figure.column,
        standard=standard, standard_title=Text(*titles), said=figure.said, formula=figure.formula,
        parts=tuple(
            Part(code=f.code, title=f.title, value=f.value, unit=f.unit)
            for f in (figures[part] for part in figure.parts if part in figures)
        ),
        models=_models(figure),
        parameters=tuple(lineage.parameters[name] for name in rests.rows),
        layers=tuple(lineage.layer(name) for name in rests.layers),
        tables=tuple(rests.tables), parcels=_parcels(lineage), counted=_counted(lineage, figure),
        recompute=shlex.join(manifest["command"]), software=manifest["software"],
    )  # fmt: skip


def _models(figure: Figure) -> tuple[Mapping[str, Any], ...]:
    models = tuple(figure.rests.models.values())
    if not figure.place or "variable" in figure.place or _one_service(figure):
        return models
    return tuple(m for m in models if m["id"] == ASSET_VALUE.id)


def _one_service(figure: Figure) -> bool:
    return figure.place.get("service", GEP) not in {GEP, TOTAL}


def _parcels(lineage: Lineage) -> str:
    """Return where the parcels came from, with the digest of their file."""
    source = str(lineage.manifest["parcels"]["source"])
    project = lineage.manifest["project"]
    path = (project.get("parcels") or {}).get("path") or project["project"].get("region") or ""
    digest = lineage.digest(path)
    return f"{source} (sha256 {digest})" if digest else source


def _counted(lineage: Lineage, figure: Figure) -> Counted | None:
    """Return the land that a figure counts; None for what lies nowhere."""
    place, run = figure.place, lineage.run
    ecosystem = place.get("ecosystem", ALL)
    if ecosystem == UNSHARED or not (run / "extent.parquet").is_file():
        return None
    extent = pd.read_parquet(run / "extent.parquet")
    if ecosystem != ALL:
        extent = extent[extent["ecosystem"] == ecosystem]
    missing: pd.DataFrame | None = None
    if _one_service(figure):
        name, wanted = "account.parquet", [("standard", "==", place["standard"])]
        wanted.append(("service", "==", place["service"]))
        if place.get("item"):
            name = "items.parquet"
            wanted.append(("item", "==", place["item"]))
        missing = pd.read_parquet(run / name, filters=wanted)
    elif "variable" in place:
        wanted = [("indicator", "==", place["variable"])]
        missing = pd.read_parquet(run / "indicators.parquet", filters=wanted)
    share: float | None = None
    if missing is not None:
        keys = ["parcel_id", "ecosystem"]
        texts = dict.fromkeys(keys, str)
        land = missing[[*keys, "missing_share"]].astype(texts)
        extent = extent.astype(texts).merge(land, on=keys)
        whole = float(extent["area_ha"].sum())
        share = float((extent["area_ha"] * extent["missing_share"]).sum() / whole) if whole else 0.0
    area = float(extent["area_ha"].sum())
    cell = lineage.manifest["grid"]["cell_area_m2"] * conversion("m2", "ha")[0]
    parcels = int(extent["parcel_id"].nunique())
    return Counted(area_ha=area, cells=round(area / cell), parcels=parcels, missing_share=share)
