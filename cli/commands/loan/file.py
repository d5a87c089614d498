"""`gep loan file`, `check` and `example`: the credit file, what is wrong with it, and a start."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.loan.schedule import DAY
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.loan_file.report_check import Remark

HEADER = (Text("级别", "level"), Text("检查", "check"), Text("内容", "what"))
WRITTEN = Text("已写入 {files}", "written: {files}")
WELL = Text("各项检查均未发现问题。", "No check found anything.")
FAULTS = 3
"""Exit code: the file was made or read, and something stands against lending on it."""


@click.command()
@click.argument("loan", type=options.PATH)
@click.option(
    "--out", type=options.PATH, required=True,
    help="Where the page is written; the figures go beside it as JSON.",
)  # fmt: skip
@click.option("--on", type=DAY, metavar="YYYY-MM-DD", help="The day of the file; by default today.")
@click.option("--fonts", type=options.PATH, help="A folder of fonts for rare characters.")
@options.overwrite
@options.as_json
@options.lang
def file(
    loan: Path, out: Path, on: datetime | None, fonts: Path | None, *,
    overwrite: bool, as_json: bool, lang: Language,
) -> int:  # fmt: skip
    """Make the credit file of the TOML file LOAN: value, conflicts, documents, what is missing."""
    from cli.terminal import show
    from lending.loan_file.opening import open_loan_file
    from lending.loan_file.pages import document
    from lending.loan_file.report_check import report_check
    from lending.loan_file.writing import write_pair
    from lending.paper import typeset

    day = on.date() if on else date.today()  # noqa: DTZ011  (the desk's own day)
    record = open_loan_file(loan, day)
    remarks = report_check(record, day)
    pdf = typeset(document(record, remarks, lang), fonts)
    files = write_pair(out, pdf, record.to_json(), overwrite=overwrite)
    _show(remarks, as_json=as_json, lang=lang)
    if not as_json:
        show(WRITTEN[lang].format(files=", ".join(str(f) for f in files)))
    return _code(remarks)


@click.command()
@click.argument("loan", type=options.PATH)
@click.option(
    "--on", type=DAY, metavar="YYYY-MM-DD", help="The day of the check; by default today."
)
@options.as_json
@options.lang
def check(loan: Path, on: datetime | None, *, as_json: bool, lang: Language) -> int:
    """Check LOAN, the JSON of a credit file or of the page of a small loan: made again, missing."""
    from lending.quick.checking import checked_file

    day = on.date() if on else date.today()  # noqa: DTZ011  (the desk's own day)
    remarks = checked_file(loan, day)
    _show(remarks, as_json=as_json, lang=lang)
    return _code(remarks)


@click.command()
@click.argument("folder", metavar="DIR", type=options.PATH)
@options.lang
def example(folder: Path, lang: Language) -> None:
    """Write the files of an example into a new folder DIR, to be replaced by your own."""
    from cli.terminal import show
    from lending.loan_file.opening import POLICY, write_example
    from lending.stress.examples import write_loan_examples

    files = write_example(folder, lang)
    files += write_loan_examples(folder, lang, folder / "facts.toml", folder / POLICY)
    show(WRITTEN[lang].format(files=", ".join(str(f) for f in files)))


def _show(remarks: "tuple[Remark, ...]", *, as_json: bool, lang: Language) -> None:
    from cli.terminal import show, show_json, show_table
    from lending.loan_file.words import level

    if as_json:
        show_json([
            {"check": one.check.id, "level": one.check.level, "zh": one.what.zh,
             "en": one.what.en, "source": one.check.source}
            for one in remarks
        ])  # fmt: skip
    elif remarks:
        rows = [
            (level(one.check.level, lang), one.check.title[lang], one.what[lang]) for one in remarks
        ]
        show_table([t[lang] for t in HEADER], rows)
    else:
        show(WELL[lang])


def _code(remarks: "tuple[Remark, ...]") -> int:
    return FAULTS if any(one.check.level == "BLOCK" for one in remarks) else 0
