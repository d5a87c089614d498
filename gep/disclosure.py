"""What a run says of its services beside the numbers: formula, prices, sources, trust."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_catalog.parameters import GRADES, Row
from data_catalog.spec import Coefficients, Column, Factor, Input, Model
from data_catalog.standards import Choice
from data_catalog.variables import variable
from gep.service import Service, Valuation, Variant

DOUBTFUL = ("recalled", "estimate")
"""Grades whose share of the value every report states."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The rows behind a value on some ecosystems: those of modelled layers and prices included.

    `scope` holds class numbers, and none for all classes.
    """

    scope: frozenset[int]
    rows: tuple[Row, ...]

    def of(self, ecosystem: str) -> tuple[Row, ...]:
        """Return the rows that a value on one level-II class rests on; empty: not shared out."""
        if not ecosystem:
            return () if self.scope else self.rows
        if self.scope and int(ecosystem) not in self.scope:
            return ()
        return tuple(r for r in self.rows if not r.key.isdigit() or ecosystem.startswith(r.key))


def rows_behind(bases: Iterable[Basis], ecosystems: Iterable[str]) -> list[Row]:
    """Return all rows that values on these level-II classes rest on."""
    classes = list(ecosystems)
    return [row for basis in bases for code in classes for row in basis.of(code)]


def service_record(
    service: Service, choice: Choice, rows: Iterable[Row], price_year: str
) -> dict[str, Any]:
    """Return how a service was computed and valued, for the manifest.

    Parameters
    ----------
    rows : iterable of Row
        All that the value rests on, the rows behind modelled layers included.
    price_year : str
        As in the account.
    """
    rows = list(rows)
    return {
        "service": service.id,
        "title_zh": service.title.zh,
        "title_en": service.title.en,
        "group": service.group,
        "physical_zh": service.physical.zh,
        "physical_en": service.physical.en,
        "unit": service.total,
        "counted": choice.counted,
        "status": choice.status,
        "price_year": price_year,
        "grade": weakest(rows),
        "doubtful": sorted({r.name() for r in rows if r.grade in DOUBTFUL}),
        "rests_on": sorted({r.name() for r in rows}),
        "variants": [
            _variant_record(service.variant(p.variant)) | {"classes": list(p.classes)}
            for p in choice.parts
        ],
        "items": [
            {"item": i.id, "title_zh": i.title.zh, "title_en": i.title.en} for i in service.items
        ],
        "valuations": [_valuation_record(service.valuation(v)) for v in choice.valuations],
        "note_zh": choice.note_zh,
        "note_en": choice.note_en,
    }


def weakest(rows: Iterable[Row]) -> str:
    """Return the least trusted grade among rows; empty if there are none."""
    return max((r.grade for r in rows), key=GRADES.index, default="")


def doubtful_share(values: pd.DataFrame, rests_on: Mapping[str, Iterable[Basis]]) -> float | None:
    """Return the share of the value that rests on recalled or estimated rows; None without value.

    A service's value on an ecosystem counts whole if one such row is behind it: nobody knows what
    part of it the row decides.

    Parameters
    ----------
    values : DataFrame
        service, ecosystem, value; a row for each pair.
    """
    total = values["value"].sum()
    if not total:
        return None
    keys = zip(values["service"], values["ecosystem"], strict=True)
    doubtful = [_doubtful(rests_on[service], ecosystem) for service, ecosystem in keys]
    return float(values.loc[doubtful, "value"].sum() / total)


def _doubtful(bases: Iterable[Basis], ecosystem: str) -> bool:
    return any(r.grade in DOUBTFUL for r in rows_behind(bases, [ecosystem]))


def _variant_record(variant: Variant) -> dict[str, Any]:
    return _model_record(variant) | {"table": variant.table, "item": variant.item}


def _valuation_record(valuation: Valuation) -> dict[str, Any]:
    return _model_record(valuation) | {"method": valuation.method}


def _model_record(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "title_zh": model.title.zh,
        "title_en": model.title.en,
        "formula": model.formula,
        "source": model.source.key,
        "where": model.source.where,
        "note_zh": model.note.zh,
        "note_en": model.note.en,
        "inputs": [_input_record(name, given) for name, given in model.inputs.items()],
    }


def _input_record(name: str, given: Input) -> dict[str, Any]:
    if isinstance(given, Coefficients):
        return {"name": name, "kind": "coefficients"}
    record = {"name": name, "symbol": given.symbol, "units": given.units}
    if isinstance(given, Factor):
        return record | {"kind": "parameter", "parameter": given.table or name}
    if isinstance(given, Column):
        return record | {"kind": "column"}
    if name == "physical":
        return record | {"kind": "physical"}
    title = variable(name).title
    return record | {"kind": "layer", "title_zh": title.zh, "title_en": title.en}
