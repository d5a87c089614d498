"""Files to start from: a loan's contract, its insurance, holdings to bundle, a portfolio."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from data_catalog.errors import OutputError
from data_catalog.text import Language, Text
from lending.loans.contract import example_contract
from lending.stress.disturbance import example_disturbances
from lending.stress.insurance_file import example_insurance
from lending.valuation.value import read_inputs, value

__all__ = ["write_loan_examples"]

TABLES = ("income.csv", "losses.csv", "holdings.csv", "loans.csv", "changes.csv")
TEMPLATES = {
    "contract.toml": example_contract,
    "insurance.toml": example_insurance,
    "disturbances.toml": example_disturbances,
}
VALUATION = "valuation.json"


def write_loan_examples(
    folder: Path, language: Language, facts: Path, policy: Path
) -> tuple[Path, ...]:
    """Write made-up examples of all that `gep loan` reads into a folder, and return the files.

    Parameters
    ----------
    folder : Path
        There already.
    facts, policy : Path
        What the valuation file that the contract names is made of.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    try:
        for name in TABLES:
            with as_file(files("lending.stress") / "example" / name) as file:
                shutil.copyfile(file, folder / name)
        for name, text in TEMPLATES.items():
            (folder / name).write_text(text(language), encoding="utf-8")
        found = value(read_inputs(facts, policy))
        (folder / VALUATION).write_text(found.to_json(), encoding="utf-8")
    except OSError as error:
        problem = Text("无法写入示例。", "the examples cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error
    return tuple(folder / name for name in (*TEMPLATES, VALUATION, *TABLES))
