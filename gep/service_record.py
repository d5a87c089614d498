"""How a run computed and valued a service: what its manifest says, and a trace reads."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from data_catalog.parameters import Row
from data_catalog.standards import Part
from data_catalog.tables import tables
from gep.disclosure import DOUBTFUL, weakest
from gep.plans import ServicePlan
from gep.price_level import PRICE_INDEX, PriceLevel
from gep.seea.asset import ASSET_VALUE, AssetTerms
from gep.service import Valuation
from tiles.inputs import Inputs
from tiles.records import model_record

__all__ = ["line_ranges", "seea_inputs", "service_record"]


def service_record(
    plan: ServicePlan, rows: Iterable[Row], price_year: str, level: PriceLevel
) -> dict[str, Any]:
    """Return how a service was computed and valued, for the manifest.

    Parameters
    ----------
    rows : iterable of Row
        All that the value rests on, the rows behind modelled layers included.
    price_year : str
        As in the account.
    level : PriceLevel
        What brought the prices to their year.
    """
    rows, service, choice = list(rows), plan.service, plan.choice
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
        "variants": [_part_record(plan, part) for part in choice.parts],
        "items": [
            {"item": i.id, "title_zh": i.title.zh, "title_en": i.title.en} for i in service.items
        ],
        "valuations": [
            _valuation_record(plan, service.valuation(v), level) for v in choice.valuations
        ],
        "unpriced": list(plan.unpriced),
        "note_zh": choice.note_zh,
        "note_en": choice.note_en,
    }


def line_ranges(lines: Iterable[int]) -> str:
    """Return line numbers in few words.

    >>> line_ranges([2, 3, 4, 9])
    '2-4, 9'
    """
    ranges: list[list[int]] = []
    for line in sorted(lines):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in ranges)


def seea_inputs(
    inputs: Inputs, terms: Mapping[str, AssetTerms | None]
) -> dict[str, dict[str, Any]]:
    """Return what the SEEA tables of each standard read beside the account, for the manifest."""
    read = {
        name: _lines_read(inputs.tables[name].frame, key)
        for name, key in (("users", "service"), ("iucn_groups", "ecosystem"))
        if name in inputs.tables
    }
    return {
        standard: read | ({"asset": model_record(ASSET_VALUE, found.rows)} if found else {})
        for standard, found in terms.items()
    }


def _part_record(plan: ServicePlan, part: Part) -> dict[str, Any]:
    variant = plan.service.variant(part.variant)
    about = {"table": variant.table, "item": variant.item, "classes": list(part.classes)}
    bound = plan.bound.get(variant.id)
    if bound is not None:
        return model_record(variant, bound.rows) | about | {"computed": True, "model": bound.id}
    read = next((t for t in plan.tables if t.part == part), None)
    if read is None:
        return model_record(variant) | about | {"computed": False}
    spread = "" if tables()[variant.table].shapes else part.spread
    return model_record(variant, read.amount.rows) | about | {
        "computed": True,
        "spread": spread,
        "read": _lines_read(read.frame.assign(item=read.items), "item"),
        "valued_by": [model.model.id for model in read.valued],
    }  # fmt: skip


def _lines_read(frame: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    """Return which lines of a table were read for each of its items, and where they are from."""
    return [
        {
            key: str(item),
            "lines": line_ranges(int(n) for n in rows["line"]),
            "sources": list(dict.fromkeys(rows["source"])) if "source" in rows else [],
        }
        for item, rows in frame.groupby(key, sort=False)
    ]


def _valuation_record(plan: ServicePlan, valuation: Valuation, level: PriceLevel) -> dict[str, Any]:
    priced = [p.rows for p in plan.priced if p.valuation.id == valuation.id]
    parts = [(t, m) for t in plan.tables for m in t.valued if m.model.id == valuation.id]
    of_rows = [m.rows for _, m in parts]
    rows = [row for found in (*priced, *of_rows) for row in found]
    years = [level.from_year.get(row.name(), "") for row in rows]
    years += [f"{y:g}" for t, m in parts if t.has_money(m) for y in t.frame["year"]]
    record = model_record(valuation, rows)
    if indices := level.indices(years):
        record["inputs"].append(
            {"name": PRICE_INDEX, "kind": "parameter", "parameter": PRICE_INDEX, "by": "",
             "rows": [row.name() for row in indices]}
        )  # fmt: skip
    return record | {
        "method": valuation.method,
        "item": valuation.item,
        "of_rows": valuation.of_rows,
        "computed": bool(priced or of_rows),
    }
