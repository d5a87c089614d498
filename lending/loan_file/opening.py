"""A loan file from the files that its TOML names, and an example to start from."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from data_catalog.errors import OutputError, TableError
from data_catalog.text import Language, Text
from lending.conflicts import Fact, bundled_rules
from lending.conflicts.claims_file import Papers, read_papers
from lending.loan_file.claims import searched
from lending.loan_file.facts import read_file_facts
from lending.loan_file.land import Land, read_land
from lending.loan_file.origin import Claimed, Run, claim_of, run_of
from lending.loan_file.record import Declared, LoanFile, loan_file
from lending.policy import example_policy
from lending.valuation.facts import read_facts
from lending.valuation.result import Inputs, Words
from lending.valuation.value import read_inputs
from sinks.credits.vintages import vintages_file
from tiles.runfolder import MANIFEST, read_manifest

__all__ = [
    "declared",
    "inputs_of_parcels",
    "open_loan_file",
    "origin",
    "run_folder",
    "vintages_of_run",
    "write_example",
]

EXAMPLE = ("loan.toml", "facts.toml", "parcels.geojson", "claims.csv")
POLICY = "policy.toml"
HOLDER, HOLDER_TITLE = "holder", Text("权利人", "holder")
YES, NO = "yes", "no"
"""As a declared fact is written; the pages translate them."""


def open_loan_file(path: Path, made_on: date) -> LoanFile:
    """Return the loan file of a TOML file, with what a search of its registry finds on that day.

    Raises
    ------
    GepError
        If one of the files is missing or wrong.
    """
    facts, folder = read_file_facts(path), path.parent
    named = facts.inputs
    lands = read_land(folder / named.land, named.parcels)
    run = run_folder(folder / (named.run or named.land))
    if named.run and run is None:
        read_manifest(folder / named.run)
    table = vintages_of_run(
        folder / named.facts, folder / named.vintages if named.vintages else None, run
    )
    inputs = read_inputs(
        folder / named.facts, folder / named.policy, table,
        folder / named.prices if named.prices else None,
    )  # fmt: skip
    papers = read_papers(folder / named.papers, bundled_rules()) if named.papers else {}
    run_record, claim = origin(run, table, lands)
    record = loan_file(
        facts, lands, inputs_of_parcels(inputs, lands, table is not None), None, made_on,
        run=run_record, claim=claim, declared=declared(lands, papers),
    )  # fmt: skip
    if not named.registry:
        return record
    found = searched(
        lands, record.valuation, named.registry, folder, made_on, facts.parcels,
        declared=papers, signed=facts.signatures,
    )  # fmt: skip
    return record.model_copy(update={"search": found})


def run_folder(path: Path) -> Path | None:
    """Return the path if it is a run folder, None if it is none."""
    return path if (path / MANIFEST).is_file() else None


def origin(
    run: Path | None, vintages: Path | None, lands: tuple[Land, ...]
) -> tuple[Run | None, Claimed | None]:
    """Return the run of some parcels, in the pools of the claim on them, and the claim."""
    claim = None if vintages is None else claim_of(vintages)
    if run is None:
        return None, claim
    ids = [land.parcel_id for land in lands]
    return run_of(run, ids, () if claim is None else claim.pools), claim


def vintages_of_run(facts: Path, vintages: Path | None, run: Path | None) -> Path | None:
    """Return the table of vintages: the one that is named, else the run's where facts need one.

    Facts with a holding, an area and its yield, need none.

    Raises
    ------
    TableError
        If the run has none; says which command writes it.
    """
    if vintages is not None:
        return vintages_file(vintages)
    if run is None or read_facts(facts).holding is not None:
        return None
    return vintages_file(run)


def declared(lands: tuple[Land, ...], papers: Mapping[str, Papers]) -> tuple[Declared, ...]:
    """Return what was declared of these parcels, as a document keeps it.

    Raises
    ------
    TableError
        If papers are given, and a parcel has no row in them.
    """
    for land in lands if papers else ():
        if land.parcel_id not in papers:
            raise TableError(where="papers", problem=Text(
                f"没有宗地“{land.parcel_id}”的行。没有声明也须留一行。",
                f"has no row of parcel {land.parcel_id!r}. It needs one, if only of empty cells.",
            ))  # fmt: skip
    titles = {HOLDER: HOLDER_TITLE, **{n: f.title for n, f in bundled_rules().facts.items()}}
    return tuple(
        Declared(parcel_id=land.parcel_id, fact=name, title=Words.of(titles[name]), value=value)
        for land in lands if land.parcel_id in papers
        for name, value in _facts(papers[land.parcel_id])
    )  # fmt: skip


def _facts(papers: Papers) -> Iterator[tuple[str, str]]:
    if papers.holder:
        yield HOLDER, papers.holder
    yield from ((name, _shown(value)) for name, value in papers.facts.items())


def _shown(value: Fact) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def inputs_of_parcels(inputs: Inputs, lands: tuple[Land, ...], by_vintages: bool) -> Inputs:
    """Return the inputs with the vintages of these parcels alone.

    Raises
    ------
    TableError
        If there is a table of vintages, and a parcel has no row in it.
    """
    if not by_vintages:
        return inputs
    names = [land.parcel_id for land in lands]
    own = tuple(v for v in inputs.vintages if v.parcel_id in names)
    there = {v.parcel_id for v in own}
    for name in names:
        if name not in there:
            raise TableError(where="vintages", problem=Text(
                f"年份表没有宗地“{name}”的行。", f"has no row of parcel {name!r}."
            ))  # fmt: skip
    return inputs.model_copy(update={"vintages": own})


def write_example(folder: Path, language: Language) -> tuple[Path, ...]:
    """Write the files of the example, all made up but the Anji figures, and return them.

    Raises
    ------
    OutputError
        If the folder is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
        for name in EXAMPLE:
            with as_file(files("lending.loan_file") / "example" / name) as file:
                shutil.copyfile(file, folder / name)
        (folder / POLICY).write_text(example_policy(language), encoding="utf-8")
    except OSError as error:
        problem = Text(
            "无法写入示例。请给出一个新文件夹。", "cannot be written. Name a new folder."
        )
        raise OutputError(where=str(folder), problem=problem) from error
    return tuple(folder / name for name in (*EXAMPLE, POLICY))
