"""`gep loan green`: rows of the green-loan statistics."""

from datetime import date
from pathlib import Path

import click

from cli import options
from cli.commands.loan.standing import ON, today
from data_catalog.text import Language, Text

WRITTEN = Text("已写入 {}", "written: {}")
EXISTS = Text(
    "已存在，不会覆盖。请换一个名称，或加 --overwrite。",
    "exists already and is not replaced. Choose another name, or add --overwrite.",
)
UNWRITABLE = Text("无法写入该文件。", "this file cannot be written.")


@click.command()
@click.argument("contracts", type=options.PATH, nargs=-1, required=True)
@ON
@click.option("--out", type=options.PATH, help="A CSV file to write; by default it is printed.")
@click.option("--overwrite", is_flag=True, help="Replace the file.")
@options.as_json
@options.lang
def green(
    contracts: tuple[Path, ...], *, on: date | None, out: Path | None, overwrite: bool,
    as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Write the green-loan statistics of CONTRACTS, a row each, by loan over investment."""
    from cli.terminal import show_json
    from lending.loans.contract import read_contract
    from lending.loans.green_record import as_csv, reported

    day = on or today()
    loans = [read_contract(one).green_loan(day) for one in contracts]
    if out is not None:
        _write(out, as_csv(loans), overwrite=overwrite)
    if as_json:
        show_json([
            {name: value if value is None else str(value) for name, value in reported(one).items()}
            for one in loans
        ])  # fmt: skip
    elif out is None:
        click.echo(as_csv(loans), nl=False)
    else:
        click.echo(WRITTEN[lang].format(out))


def _write(out: Path, text: str, *, overwrite: bool) -> None:
    from data_catalog.errors import OutputError

    if out.exists() and not overwrite:
        raise OutputError(where=str(out), problem=EXISTS)
    try:
        out.write_text(text, encoding="utf-8-sig")  # so that spreadsheets read the Chinese
    except OSError as error:
        raise OutputError(where=str(out), problem=UNWRITABLE) from error
