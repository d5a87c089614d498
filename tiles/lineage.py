"""From a figure of a finished run back to its files, layers, models and parameter rows."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from data_catalog.errors import RunError
from data_catalog.parameters import LOCAL, row_name
from data_catalog.spec import ECOSYSTEM
from data_catalog.text import Text
from tiles.runfolder import read_manifest

__all__ = ["Figure", "LayerUsed", "Lineage", "Rests", "TableUsed", "cells_of"]

Record = Mapping[str, Any]
"""A model as the manifest has it: see `tiles.records.model_record`."""


@dataclass(frozen=True, kw_only=True)
class TableUsed:
    """The lines of a project's table that a figure was read from; `sources` are what they say."""

    table: str
    path: str
    sha256: str
    lines: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LayerUsed:
    """A layer that a figure rests on.

    `path` and `sha256` are empty for one that was modelled cell by cell, and for a constant; a
    `model` is there where it was modelled, from the layers `made_from`.
    """

    name: str
    title: Text
    path: str
    sha256: str
    year: int | None
    method: Text
    cells_with_value: int | None
    cells_missing: int | None
    note: str
    made_from: tuple[str, ...]
    model: Record | None


@dataclass
class Rests:
    """What a figure rests on: models, parameter rows and layers by name, lines of tables."""

    models: dict[tuple[str, str], Record] = field(default_factory=dict)
    rows: dict[str, None] = field(default_factory=dict)
    layers: dict[str, None] = field(default_factory=dict)
    tables: dict[TableUsed, None] = field(default_factory=dict)

    def add(self, *others: "Rests") -> "Rests":
        """Add what others rest on; return itself."""
        for other in others:
            self.models |= other.models
            self.rows |= other.rows
            self.layers |= other.layers
            self.tables |= other.tables
        return self


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a run's tables.

    Parameters
    ----------
    value : str
        As the file has it.
    said : Text
        How it is worked out, in words.
    parts : tuple of str
        The codes of the figures that it is worked out from.
    rests : Rests
        All that it rests on, through its parts.
    place : dict
        What is known of where it stands: standard, service, item, ecosystem.
    """

    code: str
    title: Text
    value: str
    unit: str
    file: str
    line: int
    column: str
    said: Text
    formula: str = ""
    price_year: str = ""
    parts: tuple[str, ...] = ()
    rests: Rests = field(default_factory=Rests)
    place: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lineage:
    """A finished run's manifest and receipt, read for where things come from."""

    run: Path
    manifest: Record
    receipt: Sequence[Record]

    @classmethod
    def read(cls, run: Path) -> "Lineage":
        """Read a run folder.

        Raises
        ------
        RunError
            If it is no finished run.
        """
        manifest = read_manifest(run)
        try:
            receipt = json.loads((run / "alignment.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problem = Text(
                "缺少 alignment.json。请重新计算。", "has no alignment.json. Compute it again."
            )
            raise RunError(where=str(run), problem=problem) from error
        return cls(run, manifest, receipt)

    @cached_property
    def parameters(self) -> dict[str, Record]:
        """Return the parameter rows of the run by name."""
        rows = (*self.manifest.get("parameters", ()), *self.manifest.get("carbon_parameters", ()))
        return {name_of(row): row for row in rows}

    @cached_property
    def modelled(self) -> dict[str, Record]:
        """Return the models of layers that no file holds, by variable."""
        return {model["variable"]: model for model in self.manifest.get("modelled", ())}

    def rests(self, model: Record, ecosystem: str = "") -> Rests:
        """Return what a model rests on, on one level-II class or on all: its rows and layers."""
        found = Rests(models={(model["id"], model["formula"]): model})
        found.rows |= dict.fromkeys(self.rows(model, ecosystem))
        layers = (given["name"] for given in model["inputs"] if given["kind"] == "layer")
        return found.add(self.layers(layers, ecosystem))

    def rows(self, model: Record, ecosystem: str = "") -> Iterator[str]:
        """Yield the parameter rows that a model read, those of one level-II class where by class.

        A class's own row comes before that of its level-I class and that for all, the project's
        rows before all others.
        """
        for given in model["inputs"]:
            names = given.get("rows", ())
            if given.get("by") == ECOSYSTEM and ecosystem.isdigit():
                keys = {
                    (self.parameters[n]["set"] == LOCAL, self.parameters[n]["key"]): n
                    for n in names
                }
                wanted = (ecosystem, ecosystem[:1], "")
                order = [(local, key) for local in (True, False) for key in wanted]
                names = [keys[k] for k in order if k in keys][:1]
            yield from names

    def layers(self, names: Iterable[str], ecosystem: str = "") -> Rests:
        """Return layers, those behind modelled ones, and the rows of the models that made them."""
        found = Rests()
        for name in names:
            found.layers[name] = None
            model = self.modelled.get(name)
            if model is not None:
                found.rows |= dict.fromkeys(self.rows(model, ecosystem))
                found.add(self.layers(model["from"], ecosystem))
        return found

    def layer(self, name: str) -> LayerUsed:
        """Return where a layer came from and how it was aligned."""
        record = next((r for r in self.receipt if r["layer"] == name), {})
        model, entry = self.modelled.get(name), self.manifest["project"]["layers"].get(name, {})
        file = next((i for i in self.manifest["inputs"] if i.get("layer") == name), None)
        path = file["path"] if file else entry.get("table", "")
        digest = file["sha256"] if file else self.digest(path)
        if model is not None and record.get("source"):
            path = record["source"]
            digest = self.manifest["outputs"].get(path, "")
        title = model or record
        keys = ("variable_zh", "variable_en") if model else ("zh", "en")
        return LayerUsed(
            name=name, title=Text(*(str(title.get(key, name)) for key in keys)), path=path,
            sha256=digest, year=entry.get("year"), method=_method(record, model, entry),
            cells_with_value=record.get("cells_with_value"),
            cells_missing=record.get("cells_missing"), note=str(entry.get("note", "")),
            made_from=tuple(model["from"]) if model else (), model=model,
        )  # fmt: skip

    def table(self, name: str, lines: str, sources: Iterable[str]) -> TableUsed:
        """Return some lines of one of the project's tables."""
        path = self.manifest["project"]["tables"][name]
        return TableUsed(
            table=name, path=path, sha256=self.digest(path), lines=lines, sources=tuple(sources)
        )

    def digest(self, path: str) -> str:
        """Return the digest of one of the project's files; empty where there is none."""
        return next((i["sha256"] for i in self.manifest["inputs"] if i["path"] == path), "")


def name_of(row: Record) -> str:
    """Return `parameter[set, key]` of a row of the manifest."""
    return row_name(row["parameter"], row["set"], row["key"])


def cells_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the lines of one of a run's CSV files with their numbers; none if it is not there."""
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig")
        yield from enumerate(csv.DictReader(text.splitlines()), start=2)


def _method(record: Record, model: Record | None, entry: Record) -> Text:
    if record.get("source") == "constant":
        value = record["value"]
        return Text(f"常数 {value:g}（项目文件）", f"constant {value:g}, in the project file")
    if not record and model is not None:
        return Text("在各像元内推算", "worked out in every cell")
    scaled = record.get("scaled_to_mean_by")
    zh, en = str(record.get("method_zh", "")), str(record.get("method_en", ""))
    if scaled is not None:
        source = entry["scale_to"]["source"]
        return Text(f"{zh}；乘以 {scaled:.6g}（{source}）", f"{en}; times {scaled:.6g} ({source})")
    return Text(zh, en)
