"""What an ecosystem service is: its variants (how much) and valuations (worth what)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.spec import Model
from data_catalog.text import Text

M = TypeVar("M", bound=Model)
Group: TypeAlias = Literal["provisioning", "regulating", "cultural"]
Method: TypeAlias = Literal[
    "market price",
    "replacement cost",
    "treatment cost",
    "opportunity cost",
    "residual value",
    "benefit transfer",
    "travel cost",
    "hedonic pricing",
]
GROUPS: Mapping[str, Text] = {
    "provisioning": Text("供给服务", "provisioning"),
    "regulating": Text("调节服务", "regulating"),
    "cultural": Text("文化服务", "cultural"),
}
METHODS: Mapping[str, Text] = {
    "market price": Text("市场价格法", "market price"),
    "replacement cost": Text("替代成本法", "replacement cost"),
    "treatment cost": Text("治理成本法", "treatment cost"),
    "opportunity cost": Text("机会成本法", "opportunity cost"),
    "residual value": Text("残值法", "residual value"),
    "benefit transfer": Text("效益转移法", "benefit transfer"),
    "travel cost": Text("旅行费用法", "travel cost"),
    "hedonic pricing": Text("特征价格法", "hedonic pricing"),
}


@dataclass(frozen=True, kw_only=True)
class Variant(Model):
    """One way to compute a service's physical amount: pixel by pixel, or row by row of a table.

    `table` names a declared table, whose rows it reads by columns; empty for pixels. `item` is
    what within the service it measures (`so2`, `lake`); empty for the service as a whole, or, with
    a table that has an `item` column, for whatever the rows say.
    """

    table: str = ""
    item: str = ""


@dataclass(frozen=True, kw_only=True)
class Valuation(Model):
    """One way to value a physical amount, the input `physical`, in the service's total.

    One that has columns is worked out on the rows of a table, before anything is shared out.
    `family` names what is valued: two valuations of one family value the same thing twice, and a
    standard may not choose both. `item` is what within the service it values; empty for all.
    """

    method: Method
    family: str
    item: str = ""

    @property
    def of_rows(self) -> bool:
        """Return whether it is worked out on the rows of a table."""
        return bool(self.columns())


@dataclass(frozen=True, slots=True)
class Item:
    """What a service's amount is kept apart by: a pollutant, a kind of water body, a use."""

    id: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class Service:
    """An ecosystem service with all its declared variants and valuations.

    `items` are those that are fixed; of products there are as many as the statistics have.
    """

    id: str
    title: Text
    group: Group
    physical: Text
    total: str
    variants: tuple[Variant, ...]
    valuations: tuple[Valuation, ...]
    items: tuple[Item, ...] = ()

    def variant(self, name: str) -> Variant:
        """Return a variant by id, or say which there are."""
        return _named(self.variants, name, Text("变体", "variant"), self.id)

    def valuation(self, name: str) -> Valuation:
        """Return a valuation by id, or say which there are."""
        return _named(self.valuations, name, Text("价值量方法", "valuation"), self.id)

    def titled(self, *names: str) -> Text:
        """Return the service's title with what of it is meant: an item, a variant, an own word."""
        known = {i.id: i.title for i in self.items} | {v.id: v.title for v in self.variants}
        of = [known.get(name, Text(name, name)) for name in names if name]
        if not of:
            return self.title
        zh, en = "，".join(t.zh for t in of), ", ".join(t.en for t in of)
        return Text(f"{self.title.zh}（{zh}）", f"{self.title.en} ({en})")


def _named(models: tuple[M, ...], name: str, kind: Text, where: str) -> M:
    found = {model.id: model for model in models}
    if name not in found:
        raise UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, found))
    return found[name]
