"""An explanation as a page of text: the formula first, then all it rests on."""

from collections.abc import Iterable

from cli.explanation import (
    PHYSICAL,
    Derivation,
    ModelExplained,
    NumberUsed,
    ServiceExplained,
    VariableExplained,
    rows_of,
)
from cli.labels import (
    BANDS,
    EPOCHS,
    GROUPS,
    LOCALITIES,
    listed,
    number,
    titled,
)
from cli.parameter_rows import grade_counts, show_rows, show_sources
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.classes import ecosystems
from data_catalog.formula import plain
from data_catalog.tables import tables
from data_catalog.text import Language, Text
from gep.service import METHODS

__all__ = ["class_names", "show_service", "show_variable"]

LINES = {
    "standard": Text("标准：{}", "Standard: {}"),
    "amount": Text("{group}，功能量：{physical}，单位 {total}", "{group}: {physical}, in {total}"),
    "not_chosen": Text(
        "该标准不核算此项服务。以下是全部方法，参数按标准的默认参数集查找。",
        "This standard does not account for this service. All variants follow, with the "
        "standard's default set of parameters.",
    ),
    "not_counted": Text("该标准核算此项服务，但不计入总值。",
                        "Accounted for under this standard, but not counted in the total."),
    "variant": Text("功能量：{}", "Amount: {}"),
    "valuation": Text("价值量：{}", "Value: {}"),
    "formula": Text("公式：{}", "Formula: {}"),
    "reference": Text("出处：{}，{}", "Reference: {}, {}"),
    "returns": Text("结果：每像元 {units}（允许 {low} 至 {high}），汇总为 {total}",
                    "Returns: {units} per pixel (allowed {low} to {high}), summed to {total}"),
    "returns_row": Text("结果：每行 {units}（允许 {low} 至 {high}），汇总为 {total}",
                        "Returns: {units} per row (allowed {low} to {high}), summed to {total}"),
    "method": Text("类别：{}", "Method: {}"),
    "scope": Text("范围：{}", "Scope: {}"),
    "left_out": Text("不在范围：{}", "Out of scope: {}"),
    "note": Text("说明：{}", "Note: {}"),
    "inputs": Text("输入", "Inputs"),
    "numbers": Text("参数行", "Parameter rows"),
    "a_layer": Text("图层", "a layer"),
    "a_column": Text("[tables] {table} 的列，单位 {units}",
                     "a column of [tables] {table}, in {units}"),
    "its_unit": Text("unit 列", "its unit"),
    "table": Text("数据来自 [tables] {}（{}）", "Its data are [tables] {} ({})"),
    "item": Text("项目：{}", "Item: {}"),
    "area": Text("按面积分摊到所列生态系统与宗地",
                 "Shared out over these ecosystems and the parcels by area"),
    "npp": Text("按净初级生产量分摊到所列生态系统与宗地",
                "Shared out over these ecosystems and the parcels by net primary production"),
    "none": Text("不分摊：只计入全域合计", "Not shared out: in the account as a whole alone"),
    "the_amount": Text("功能量合计", "the amount above"),
    "missing": Text("缺少：{titles}{where}：参数集 {set} 中没有这一行。{hint}",
                    "Missing: {titles}{where}: the set {set} has no such row. {hint}"),
    "missing_set": Text("缺少：{titles}{where}：该标准没有为它指定参数集。{hint}",
                        "Missing: {titles}{where}: the standard names no set for it. {hint}"),
    "set": Text("参数集 {}", "set {}"),
    "no_set": Text("未指定", "not named"),
    "elsewhere": Text("有此参数的参数集：{}。", "Sets that have it: {}."),
    "nowhere": Text("随附数据中没有任何来源给出它；请在项目的 [tables] parameters 表中补充。",
                    "No bundled source gives it: add it to the project's [tables] parameters."),
    "derived": Text("没有图层时可以推算", "Derived where no layer is given"),
    "from": Text("由 {} 推算", "from {}"),
    "on_request": Text("仅在指定时使用", "used only on request"),
    "coarsest": Text("像元不得大于 {} {}", "cells of at most {} {}"),
    "more": Text("公式与参数：gep explain {}", "formula and parameters: gep explain {}"),
    "standard_note": Text("标准的说明：{}", "The standard says: {}"),
    "grades": Text("参数行按级别：{}", "Parameter rows by grade: {}"),
    "variable": Text("图层变量，写作 [layers.{}]", "A layer, written [layers.{}]"),
    "units": Text("单位：{units}，允许范围 {low} 至 {high}",
                  "Units: {units}, allowed from {low} to {high}"),
    "class": Text("类别图层：须在 classes 中写明对照表",
                  "A map of classes: needs a crosswalk in `classes`"),
    "bands": Text("波段：{}，{}", "Bands: {}, {}"),
    "needed": Text("用到它的方法", "Needed by"),
    "no_maker": Text("没有推算方法：需要时必须提供图层或常数。",
                     "Nothing derives it: where it is needed, give a layer or a constant."),
}  # fmt: skip
INPUTS = (Text("符号", "symbol"), Text("输入", "input"), Text("名称", "title"),
          Text("单位", "units"), Text("取自", "from"))  # fmt: skip
NEEDS = (Text("服务或图层", "service or layer"), Text("方法", "variant"), Text("名称", "title"))
DERIVED_LAYER = Text("推算图层", "derived layer")


def show_service(explained: ServiceExplained, lang: Language) -> None:
    """Print a service as a standard has it."""
    show_title(titled(explained.title, explained.id, lang))
    amount = LINES["amount"][lang].format(
        group=GROUPS[explained.group][lang],
        physical=explained.physical[lang],
        total=explained.total,
    )
    show(amount)
    show(LINES["standard"][lang].format(titled(explained.standard_title, explained.standard, lang)))
    if not explained.chosen:
        show(LINES["not_chosen"][lang])
    elif not explained.counted:
        show(LINES["not_counted"][lang])
    for model in explained.variants:
        show_heading(LINES["variant"][lang].format(titled(model.title, model.id, lang)))
        _show_model(model, lang)
    _show_derivations(explained.derivations, lang)
    for model in explained.valuations:
        show_heading(LINES["valuation"][lang].format(titled(model.title, model.id, lang)))
        _show_model(model, lang)
    show()
    if explained.note[lang]:
        show(LINES["standard_note"][lang].format(explained.note[lang]))
    rows = rows_of(explained)
    show(LINES["grades"][lang].format(grade_counts(rows, lang)))
    models = (*explained.variants, *explained.valuations)
    show_sources([*(m.source for m in models), *(r.source for r in rows)], lang)


def show_variable(explained: VariableExplained, lang: Language) -> None:
    """Print a variable: what it is, who needs it, how it is made."""
    known = explained.variable
    show_title(titled(known.title, known.name, lang))
    show(LINES["variable"][lang].format(known.name))
    if known.kind == "class":
        show(LINES["class"][lang])
    else:
        limits = {"low": number(known.low), "high": number(known.high)}
        show(LINES["units"][lang].format(units=known.units, **limits))
    show(LINES["bands"][lang].format(BANDS[known.bands][lang], EPOCHS[known.epoch][lang]))
    if known.note:
        show(LINES["note"][lang].format(known.note))
    if explained.needed_by:
        show_heading(LINES["needed"][lang])
        show_table(
            [title[lang] for title in NEEDS],
            [
                (n.service_title[lang] or DERIVED_LAYER[lang], n.model, n.model_title[lang])
                for n in explained.needed_by
            ],
        )
    own = [d for d in explained.derivations if d.makes == known.name]
    for derivation in own:
        show_heading(titled(derivation.model.title, derivation.model.id, lang))
        show(_limits(derivation, lang))
        _show_model(derivation.model, lang)
    _show_derivations([d for d in explained.derivations if d not in own], lang)
    if not own:
        show()
        show(LINES["no_maker"][lang])
    rows = [r for d in own for n in d.model.numbers for r in n.rows]
    if own:
        show_sources([*(d.model.source for d in own), *(r.source for r in rows)], lang)


def class_names(codes: Iterable[str], lang: Language) -> str:
    """Return ecosystem classes with their names; a whole level-I class by its own name."""
    left = set(codes)
    names = []
    for code, known in ecosystems().items():
        level1 = {c for c in ecosystems() if c[0] == known.level1}
        if level1 <= left:
            names.append(f"{known.level1} {known.level1_title[lang]}")
            left -= level1
        elif code in left:
            names.append(f"{code} {known.title[lang]}")
            left.discard(code)
    return listed(names, lang)


def _show_model(model: ModelExplained, lang: Language) -> None:
    show(LINES["formula"][lang].format(plain(model.formula)))
    show(LINES["reference"][lang].format(model.source, model.where))
    if model.method:
        show(LINES["method"][lang].format(METHODS[model.method][lang]))
    else:
        limits = {"low": number(model.low), "high": number(model.high)}
        line = LINES["returns_row" if model.table else "returns"]
        show(line[lang].format(units=model.units, total=model.total, **limits))
    if model.left_out and not model.method:
        show(LINES["scope"][lang].format(class_names(model.classes, lang)))
        show(LINES["left_out"][lang].format(class_names(model.left_out, lang)))
    if model.item:
        show(LINES["item"][lang].format(model.item))
    if model.table:
        title = tables()[model.table].title[lang]
        show(LINES["table"][lang].format(model.table, title))
    if model.spread:
        show(LINES[model.spread][lang])
    if model.note[lang]:
        show(LINES["note"][lang].format(model.note[lang]))
    _show_inputs(model, lang)
    if rows := [row for used in model.numbers for row in used.rows]:
        show(f"\n{LINES['numbers'][lang]}")
        show_rows(rows, lang, named=True)
    _show_missing(model, lang)


def _show_inputs(model: ModelExplained, lang: Language) -> None:
    lines = [
        (plain(i.symbol), i.name, i.title[lang], i.units,
         LINES["the_amount" if i.name == PHYSICAL else "a_layer"][lang])
        for i in model.layers
    ]  # fmt: skip
    lines += [
        (plain(c.symbol), c.name, c.title[lang], c.units,
         LINES["a_column"][lang].format(
             table=c.table, units=c.table_units.format(unit=LINES["its_unit"][lang])))
        for c in model.columns
    ]  # fmt: skip
    lines += [
        (plain(n.symbol), n.parameter, n.title[lang], n.units,
         LINES["set" if n.set else "no_set"][lang].format(n.set))
        for n in model.numbers
    ]  # fmt: skip
    show(f"\n{LINES['inputs'][lang]}")
    show_table([title[lang] for title in INPUTS], lines)


def _show_missing(model: ModelExplained, lang: Language, indent: int = 0) -> None:
    """Print what has no row; parameters that lack the same classes of the same set together."""
    groups: dict[tuple[object, ...], list[NumberUsed]] = {}
    for used in model.numbers:
        if used.missing or not used.rows:
            groups.setdefault((used.missing, used.set, used.sets), []).append(used)
    for together in groups.values():
        show(_missing(together, lang), indent)


def _missing(together: list[NumberUsed], lang: Language) -> str:
    first = together[0]
    codes = class_names((c for c in first.missing if c), lang)
    others = [s for s in first.sets if s != first.set]
    hint = (
        LINES["elsewhere"][lang].format(listed(others, lang)) if others else LINES["nowhere"][lang]
    )
    where = {"zh": f"，{codes}", "en": f", {codes}"}[lang] if codes else ""
    titles = listed([titled(used.title, used.parameter, lang) for used in together], lang)
    template = LINES["missing" if first.set else "missing_set"][lang]
    return template.format(titles=titles, where=where, set=first.set, hint=hint)


def _show_derivations(derivations: Iterable[Derivation], lang: Language) -> None:
    derivations = tuple(derivations)
    if not derivations:
        return
    show_heading(LINES["derived"][lang])
    for d in derivations:
        made = titled(d.makes_title, d.makes, lang)
        show(f"{made}{'：' if lang == 'zh' else ': '}{titled(d.model.title, d.model.id, lang)}")
        show(_limits(d, lang), indent=4)
        show(LINES["note"][lang].format(d.model.note[lang]), indent=4)
        _show_missing(d.model, lang, indent=4)
        show(LINES["more"][lang].format(d.makes), indent=4)


def _limits(derivation: Derivation, lang: Language) -> str:
    sources = listed([layer.name for layer in derivation.model.layers], lang)
    words = [LINES["from"][lang].format(sources), LOCALITIES[derivation.locality][lang]]
    if (row := derivation.coarsest_cell) is not None:
        words.append(LINES["coarsest"][lang].format(number(row.value), row.units))
    if not derivation.automatic:
        words.append(LINES["on_request"][lang])
    return {"zh": "；", "en": "; "}[lang].join(words)
