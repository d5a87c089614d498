"""`gep value`: the collateral value of carbon under a bank's policy, every step explained."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.valuation.result import Inputs, Valuation

POLICY, FACTS = "bank.toml", "facts.toml"
NEEDS_FILES = Text(
    "需要 --policy 与 --facts。示例文件：gep value --example 文件夹",
    "--policy and --facts are needed. Examples of both: gep value --example DIR",
)
EXISTS = Text(
    "已存在，不会覆盖。请换一个名称，或加 --overwrite。",
    "exists already and is not replaced. Choose another name, or add --overwrite.",
)
UNWRITABLE = Text(
    "无法写入（{}）。请检查权限，或换一个文件夹。",
    "cannot be written ({}). Check its permissions, or choose another folder.",
)
LIKELIHOOD = Text("对数似然", "log likelihood")
WROTE = Text("已写入 {}", "wrote {}")
SAME = Text("重算结果与文件一致：{}", "computed again, the same as in the file: {}")


@click.command()
@click.argument("vintages", type=options.PATH, required=False)
@click.option("--policy", type=options.PATH, help="The bank's policy, a TOML file.")
@click.option(
    "--facts", type=options.PATH, help="Facts of the holding and its market, a TOML file."
)
@click.option("--prices", type=options.PATH, help="Dated prices of your own, a CSV file.")
@click.option(
    "--method", "methods", metavar="RULE[@CASE]", multiple=True,
    help="A rule of practice to show beside, such as GROSS_SPOT@anji-2021.",
)  # fmt: skip
@click.option(
    "--carbon", type=options.PATH,
    help="A run folder, or paths or changes of carbon: the draws' tonnes err as it does.",
)  # fmt: skip
@click.option("--out", type=options.PATH, help="The valuation file to write (JSON).")
@click.option("--overwrite", is_flag=True, help="Replace the valuation file.")
@click.option("--again", type=options.PATH, help="Compute a valuation file again and compare.")
@click.option("--example", type=options.PATH, help="Write an example policy and facts into DIR.")
@click.option("--fit", type=options.PATH, help="Fit price processes to a series (date, price).")
@click.option("--schema", is_flag=True, help="Print the JSON schema of the valuation file.")
@options.as_json
@options.lang
def value(
    vintages: Path | None, *, policy: Path | None, facts: Path | None, prices: Path | None,
    methods: tuple[str, ...], carbon: Path | None, out: Path | None, overwrite: bool,
    again: Path | None, example: Path | None, fit: Path | None, schema: bool, as_json: bool,
    lang: Language,
) -> int:  # fmt: skip
    """Value the carbon of VINTAGES (a table or a run folder), or of a holding, as collateral."""
    if schema:
        return _schema()
    if example is not None:
        return _example(example, lang)
    if fit is not None:
        return _fit(fit, lang, as_json=as_json)
    if again is not None:
        return _again(again, lang)
    if policy is None or facts is None:
        raise click.UsageError(NEEDS_FILES[lang])
    from cli.terminal import show_json
    from cli.valuation_tables import show_valuation
    from lending.valuation.value import read_inputs
    from lending.valuation.value import value as valued
    from sinks.credits.vintages import vintages_file

    inputs = read_inputs(facts, policy, vintages and vintages_file(vintages), prices)
    if carbon is not None:
        from lending.valuation.carbon_draws import carbon_of, with_carbon_draws

        inputs = with_carbon_draws(inputs, carbon_of(carbon))
    found = valued(_with_methods(inputs, methods))
    if out is not None:
        _write(out, found, overwrite=overwrite)
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        show_valuation(found, lang)
    if out is not None:
        click.echo(WROTE[lang].format(out), err=True)
    return 0


def _with_methods(inputs: "Inputs", methods: tuple[str, ...]) -> "Inputs":
    """Return the inputs with rules of practice beside those of the facts."""
    from lending.valuation.facts import PracticeFacts

    pairs = (method.partition("@") for method in methods)
    more = tuple(PracticeFacts(method=name, case=case) for name, _, case in pairs)
    practice = (*inputs.facts.practice, *more)
    facts = inputs.facts.model_copy(update={"practice": practice})
    return inputs.model_copy(update={"facts": facts})


def _write(out: Path, found: "Valuation", *, overwrite: bool) -> None:
    from data_catalog.errors import OutputError

    if out.exists() and not overwrite:
        raise OutputError(where=str(out), problem=EXISTS)
    _write_text(out, found.to_json())


def _write_text(file: Path, text: str) -> None:
    from data_catalog.disk_words import reason
    from data_catalog.errors import OutputError

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = reason(error)
        problem = Text(UNWRITABLE.zh.format(why.zh), UNWRITABLE.en.format(why.en))
        raise OutputError(where=str(file), problem=problem) from error


def _schema() -> int:
    import json

    from lending.valuation.result import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=1))
    return 0


def _fit(series: Path, lang: Language, *, as_json: bool) -> int:
    """Print each process that fits, as facts take it; the more likely one first."""
    import json

    from cli.terminal import show_json
    from data_catalog.errors import GepError
    from lending.prices.processes import PROCESSES, fit_gbm, fit_ou
    from lending.prices.series import read_series

    days, prices = read_series(series)
    found, refused = [], []
    for fitted in (fit_gbm, fit_ou):
        try:
            found.append(fitted(days, prices))
        except GepError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    found.sort(key=lambda fit: -fit.log_likelihood)
    source = f"{series.name}, {days[0]} to {days[-1]}, n = {len(prices)}"
    if as_json:
        fits = [{**asdict(one), "log_likelihood": _finite(one.log_likelihood)} for one in found]
        show_json({"source": source, "fits": fits, "refused": [e.say(lang) for e in refused]})
        return 0
    for one in found:
        title = PROCESSES[one.model].title[lang]
        click.echo(f"# {title}: {LIKELIHOOD[lang]} {one.log_likelihood:.2f}, n = {len(prices)}")
        click.echo("[simulation.price]")
        numbers = {"volatility": one.volatility, "reversion": one.reversion, "mean": one.mean}
        if one.model == "gbm":
            numbers["drift"] = one.drift
        lines = {"model": one.model, **numbers, "source": source}
        for name, given in lines.items():
            if given is not None:
                click.echo(f"{name} = {json.dumps(given, ensure_ascii=False)}")
        click.echo()
    for reason in refused:
        click.echo(f"# {reason.say(lang)}")
    return 0


def _finite(number: float) -> float | None:
    """Return a number as JSON takes it; a series without any spread has no finite likelihood."""
    return number if math.isfinite(number) else None


def _example(folder: Path, lang: Language) -> int:
    from data_catalog.errors import OutputError
    from lending.policy import example_policy
    from lending.valuation.facts import example_facts

    for name in (POLICY, FACTS):
        if (folder / name).exists():
            raise OutputError(where=str(folder / name), problem=EXISTS)
    _write_text(folder / POLICY, example_policy(lang))
    _write_text(folder / FACTS, example_facts(lang))
    click.echo(f"gep value --policy {folder / POLICY} --facts {folder / FACTS}")
    return 0


def _again(file: Path, lang: Language) -> int:
    """Compute a valuation file again; exit code 1 where it says something else."""
    from data_catalog.errors import ProjectError
    from data_catalog.parameters import table_text
    from lending.valuation.differences import differences, told
    from lending.valuation.result import read_valuation
    from lending.valuation.value import value as valued

    said = read_valuation(table_text(file), file.name)
    now = valued(said.inputs)
    found = told(differences(said, now))
    if found is not None:
        raise ProjectError(where=file.name, problem=found)
    click.echo(SAME[lang].format(now.results.value))
    return 0
