"""What an ecosystem service is: its variants (how much) and valuations (worth what)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.spec import Model
from data_catalog.text import Text

M = TypeVar("M", bound=Model)
Group: TypeAlias = Literal["provisioning", "regulating", "cultural"]


@dataclass(frozen=True, kw_only=True)
class Variant(Model):
    """One way to compute a service's physical amount, pixel by pixel."""


@dataclass(frozen=True, kw_only=True)
class Valuation(Model):
    """One way to value a physical amount; its first input, `physical`, is the service's total.

    `family` names what is valued: two valuations of one family value the same thing twice, and a
    standard may not choose both.
    """

    method: Literal["market price", "replacement cost", "treatment cost", "opportunity cost"]
    family: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """An ecosystem service with all its declared variants and valuations."""

    id: str
    title: Text
    group: Group
    physical: Text
    total: str
    variants: tuple[Variant, ...]
    valuations: tuple[Valuation, ...]

    def variant(self, name: str) -> Variant:
        """Return a variant by id, or say which there are."""
        return _named(self.variants, name, Text("变体", "variant"), self.id)

    def valuation(self, name: str) -> Valuation:
        """Return a valuation by id, or say which there are."""
        return _named(self.valuations, name, Text("价值量方法", "valuation"), self.id)


def _named(models: tuple[M, ...], name: str, kind: Text, where: str) -> M:
    found = {model.id: model for model in models}
    if name not in found:
        raise UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, found))
    return found[name]
