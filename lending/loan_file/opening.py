"""A loan file from the files that its TOML names, and an example to start from."""

import shutil
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from data_catalog.errors import OutputError, TableError
from data_catalog.text import Language, Text
from lending.loan_file.claims import known_claims, searched
from lending.loan_file.facts import InputFiles, read_file_facts
from lending.loan_file.land import Land, read_land
from lending.loan_file.record import LoanFile, loan_file
from lending.policy import example_policy
from lending.valuation.result import Inputs
from lending.valuation.value import read_inputs

__all__ = ["inputs_of_parcels", "open_loan_file", "write_example"]

EXAMPLE = ("loan.toml", "facts.toml", "parcels.geojson", "claims.csv")
POLICY = "policy.toml"


def open_loan_file(path: Path, made_on: date) -> LoanFile:
    """Return the loan file of a TOML file, with what a search of its registry finds on that day.

    Raises
    ------
    GepError
        If one of the files is missing or wrong.
    """
    facts, folder = read_file_facts(path), path.parent
    lands = read_land(folder / facts.inputs.land, facts.inputs.parcels)
    inputs = inputs_of_parcels(_inputs(facts.inputs, folder), lands, bool(facts.inputs.vintages))
    record = loan_file(facts, lands, inputs, None, made_on)
    if not facts.inputs.registry:
        return record
    known = known_claims(facts.inputs.registry, folder)
    papers = facts.parcels
    found = searched(lands, record.valuation, known, facts.inputs.registry, made_on, papers)
    return record.model_copy(update={"search": found})


def _inputs(named: InputFiles, folder: Path) -> Inputs:
    return read_inputs(
        folder / named.facts, folder / named.policy,
        folder / named.vintages if named.vintages else None,
        folder / named.prices if named.prices else None,
    )  # fmt: skip


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
