"""`gep init`: a commented project file and example tables to start from."""

import json
from importlib import resources
from pathlib import Path

import click

from cli import options
from data_catalog.text import Language, Text, in_language

PROJECT, NAME = "project.toml", '"my-county"'
PARAMETERS = "parameters.csv"
STATISTICS = "statistics.csv"
TABLES = (PARAMETERS, STATISTICS)
TEMPLATES = (PROJECT, "README.md")
EXAMPLE = {
    "parameter": "# reservoir_storage_cost", "value": "6.11", "units": "CNY/m3",
    "year": "2012", "grade": "local",
}  # fmt: skip
EXAMPLE_WORDS = {
    "region": Text("本县", "our county"),
    "source": Text("某文件（文号）", "a document (its number)"),
    "where": Text("第 3 页，表 2", "page 3, table 2"),
    "note": Text("示例：删去本行，或去掉 # 并改成自己的数值",
                 "an example: delete this row, or take the # away and write your own number"),
}  # fmt: skip
PRODUCT = {
    "service": "agricultural_products", "year": "2019", "quantity": "12000", "unit": "t",
    "price": "2800", "net_output": "21000000",
}  # fmt: skip
PRODUCT_WORDS = {
    "item": Text("稻谷", "rice"),
    "source": Text("某统计年鉴", "a statistical yearbook"),
    "note": Text("示例：去掉行首的 # 并改成自己的数", "an example: take the # away, use your own"),
}
EXISTS = Text(
    "已存在，不会覆盖。请换一个文件夹，或先移走它。",
    "exists already and is not replaced. Choose another folder, or move it away.",
)
UNWRITABLE = Text(
    "无法写入（{}）。请检查权限，或换一个文件夹。",
    "cannot be written ({}). Check its permissions, or choose another folder.",
)
NEXT = Text(
    "已写入 {files}。请编辑 project.toml，然后运行：gep validate {project}",
    "wrote {files}. Edit project.toml, then run: gep validate {project}",
)


@click.command()
@click.argument("folder", metavar="DIR", type=options.PATH)
@options.lang
def init(folder: Path, lang: Language) -> int:
    """Write a commented project file, example tables and notes into DIR."""
    from data_catalog.disk_words import reason
    from data_catalog.errors import OutputError

    texts = {name: template(name, lang) for name in TEMPLATES}
    name = folder.resolve().name or "gep"
    texts[PROJECT] = texts[PROJECT].replace(NAME, json.dumps(name, ensure_ascii=False))
    texts[PARAMETERS] = example_table(lang)
    texts[STATISTICS] = example_statistics(lang)
    for file in texts:
        if (folder / file).exists():
            raise OutputError(where=str(folder / file), problem=EXISTS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            # Excel needs the mark to read a table as UTF-8
            encoding = "utf-8-sig" if file in TABLES else "utf-8"
            (folder / file).write_text(text, encoding=encoding)
    except OSError as error:
        why = reason(error)
        problem = Text(UNWRITABLE.zh.format(why.zh), UNWRITABLE.en.format(why.en))
        raise OutputError(where=str(folder), problem=problem) from error
    click.echo(str(folder / PROJECT))
    files = ", ".join(texts)
    click.echo(NEXT[lang].format(files=files, project=folder / PROJECT), err=True)
    return 0


def template(name: str, lang: Language) -> str:
    """Return a template in one language; in a project file its lines stay comments."""
    file = resources.files("cli") / "templates" / name
    return in_language(file, lang, mark="# " if name == PROJECT else "")


def example_table(lang: Language) -> str:
    """Return the columns of a parameter table and an example row that does not count."""
    from data_catalog.parameters import COLUMNS

    columns = [column for column in COLUMNS if column != "set"]  # a project's rows have one set
    example = EXAMPLE | {column: text[lang] for column, text in EXAMPLE_WORDS.items()}
    return _written(columns, [example])


def example_statistics(lang: Language) -> str:
    """Return the columns of the statistics, what each is, and an example row that is not read."""
    from data_catalog.tables import tables

    columns = tables()["statistics"].read()
    first, *_ = columns
    words = [{first: f"# {name}: {column.title[lang]}"} for name, column in columns.items()]
    example = PRODUCT | {column: text[lang] for column, text in PRODUCT_WORDS.items()}
    return _written(list(columns), [*words, {first: "# "} | example])


def _written(columns: list[str], rows: list[dict[str, str]]) -> str:
    import csv
    from io import StringIO

    table = StringIO()
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()
