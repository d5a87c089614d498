"""What has to be said beside the numbers of a comparison, in words."""

from collections.abc import Iterable, Iterator, Sequence

from data_catalog.text import Text
from gep.comparison.accounts import RunAccount
from gep.comparison.change import Change
from gep.comparison.revision import Difference, hidden_differences
from gep.comparison.series import IndexSeries

__all__ = ["change_notes", "series_notes"]

PAIR = 2
SHOWN = 5
"""Things listed in one sentence; programs get all of them."""
MEANING = {
    "method": Text("全部归为核算方法", "all of it is called method"),
    "data": Text("全部归为数据修订", "all of it is called data revision"),
    "method_and_data": Text("合为“方法与数据”一项", "it is one line, method and data"),
}


def change_notes(change: Change) -> tuple[Text, ...]:
    """Return the notes on a change, those that may change its meaning first."""
    return (
        *_hidden(change),
        *_revised(change),
        *_one_sided(change),
        *_prices(change),
        *_value_per_area(change),
    )


def series_notes(series: IndexSeries) -> tuple[Text, ...]:
    """Return the notes on indices: what is left out, and what the runs did differently."""
    notes = []
    if len(series.accounts) > PAIR:
        years = series.years
        notes.append(Text(
            f"变化分解是 {years[0]} 与 {years[-1]} 年两端的比较；逐年的原因请两两比较。",
            f"The effects compare {years[0]} with {years[-1]} alone; for the years between, "
            "compare the runs in pairs.",
        ))  # fmt: skip
        between = [d for m in series.links for d in hidden_differences(m.before, m.after)]
        if between:
            notes.append(Text(
                f"各年的核算方法不同（{_listed(between).zh}），指数中含有方法的差别。",
                f"The years were not accounted alike ({_listed(between).en}): the indices hold "
                "differences of method.",
            ))  # fmt: skip
    for link in series.links:
        if names := link.left_out():
            title = _items(names, (link.after, link.before))
            notes.append(Text(
                f"{link.before.year} 至 {link.after.year} 年的指数不含：{title.zh}"
                "（只有一方核算，或没有功能量，因此没有单价）。",
                f"Not in the indices {link.before.year} to {link.after.year}: {title.en} (one of "
                "the runs only, or no amount and so no price).",
            ))  # fmt: skip
    return tuple(notes)


def _hidden(change: Change) -> Iterator[Text]:
    if not change.hidden:
        return
    what = _listed(change.hidden)
    if change.restated is None:
        yield Text(
            f"两次运行的做法不同：{what.zh}。这些差别隐藏在下表的各项影响中（主要是状况与价格）。"
            f"请用后一账户的方法与数据重新计算 {change.before.year} 年，并以 --restated 给出。",
            f"The two runs were not made alike: {what.en}. This hides in the effects below, in "
            f"condition and price above all. Compute {change.before.year} again with the later "
            "run's method and data and give it with --restated.",
        )
    else:
        yield Text(
            f"重算的 {change.before.year} 年与后一账户的做法仍不同：{what.zh}。"
            "这些差别仍隐藏在各项影响中。",
            f"{change.before.year} as restated still differs from the later run: {what.en}. This "
            "still hides in the effects.",
        )


def _revised(change: Change) -> Iterator[Text]:
    if change.revised is None:
        return
    year = change.before.year
    meaning = MEANING[change.revised]
    if change.revisions:
        what = _listed(change.revisions)
        yield Text(
            f"{year} 年两个账户之间的差别：{what.zh}；{meaning.zh}。",
            f"Between the two accounts of {year}: {what.en}; {meaning.en}.",
        )
    else:
        yield Text(
            f"{year} 年的两个账户，运行清单中没有不同之处。",
            f"The manifests of the two accounts of {year} name no difference.",
        )
    if change.revised == "method_and_data" and change.revisions:
        yield Text(
            f"一次重算分不开方法与数据。用新方法和旧数据再算一次 {year} 年："
            "它与前一账户之差是方法，与重算账户之差是数据修订（各用 gep compare 比较）。",
            f"One run cannot tell method from data. Compute {year} once more with the new method "
            "and the old data: its difference from the earlier account is method, its difference "
            "from the restated one is data revision (compare each pair).",
        )


def _one_sided(change: Change) -> Iterator[Text]:
    start, after = change.start, change.after
    if change.revised is not None and change.restated is None:
        return
    for one, other in ((start, after), (after, start)):
        held = [s for s in change.services if s in one.measured and s not in other.measured]
        if held:
            title = _titles(held, (one,))
            yield Text(
                f"只有 {one.year} 年的账户核算了：{title.zh}。其价值归为核算覆盖，不是实际变化。",
                f"In the account of {one.year} only: {title.en}. The value is coverage, no change "
                "of nature.",
            )
        if alone := len(one.ids - other.ids):
            yield Text(
                f"{alone} 块宗地只在 {one.year} 年的账户中，其价值归为核算覆盖。",
                f"{alone} parcels are in the account of {one.year} only; their value is coverage.",
            )
    if "coverage" in change.present:
        yield Text(
            "“核算覆盖”是只有一方算得出的部分：缺少输入数据的土地，以及未核算的服务与宗地。",
            "Coverage is what only one of the accounts could compute: land without input, services "
            "and parcels left out.",
        )


def _prices(change: Change) -> Iterator[Text]:
    def years(account: RunAccount) -> dict[str, str]:
        return {s: r["price_year"] for s, r in account.records.items()}

    one, other = years(change.start), years(change.after)
    if change.revised is not None and change.restated is None:
        return
    moved = {
        (one[s], other[s]): [t for t in change.services if (one.get(t), other.get(t)) ==
                             (one[s], other[s])]
        for s in change.services if s in one and s in other and one[s] != other[s]
    }  # fmt: skip
    for (old, new), services in moved.items():
        title = _titles(services, (change.after,))
        yield Text(
            f"{title.zh}：价格年由 {old or '未注明'} 变为 {new or '未注明'}，价格影响含物价变化。",
            f"{title.en}: in prices of {old or 'no stated year'}, then of "
            f"{new or 'no stated year'}; the price effect holds inflation.",
        )


def _value_per_area(change: Change) -> Iterator[Text]:
    if "value_per_area" in change.present:
        changed = (change.cells["value_per_area"] != 0).groupby(
            change.cells["service"], observed=True
        )
        title = _titles([str(s) for s, any_ in changed.any().items() if any_], (change.after,))
        yield Text(
            f"{title.zh}：没有可比的功能量，状况与价格分不开，合为“单位面积价值”。",
            f"{title.en}: no amounts to compare, so condition and price are one effect, value per "
            "area.",
        )


def _items(found: Iterable[tuple[str, str]], accounts: Sequence[RunAccount]) -> Text:
    """Return services, and items in brackets behind theirs."""
    by_service: dict[str, list[str]] = {}
    for service, item in found:
        by_service.setdefault(service, []).extend([item] if item else [])
    said = []
    for service, items in by_service.items():
        title = _titles([service], accounts)
        shown = items[:SHOWN] + (["..."] if len(items) > SHOWN else [])
        said.append(Text(f"{title.zh}（{'、'.join(shown)}）", f"{title.en} ({', '.join(shown)})")
                    if shown else title)  # fmt: skip
    return Text("、".join(t.zh for t in said), ", ".join(t.en for t in said))


def _titles(services: Iterable[str], accounts: Sequence[RunAccount]) -> Text:
    names = []
    for service in services:
        record = next((a.records[service] for a in accounts if service in a.records), None)
        names.append((record["title_zh"], record["title_en"]) if record else (service, service))
    return Text("、".join(zh for zh, _ in names), ", ".join(en for _, en in names))


def _listed(found: Iterable[Difference]) -> Text:
    whats = list(dict.fromkeys(d.what for d in found))
    zh, en = "；".join(w.zh for w in whats[:SHOWN]), "; ".join(w.en for w in whats[:SHOWN])
    left = len(whats) - SHOWN
    return Text(f"{zh} 等 {len(whats)} 项", f"{en} and {left} more") if left > 0 else Text(zh, en)
