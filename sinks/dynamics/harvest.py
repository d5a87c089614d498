"""A harvest: what leaves the living, what is taken out, what stays as slash, what becomes product.

    live loss = removed + slash above ground + slash below ground

which is eq. 2.12 = wood taken out (H D CF) + eq. 2.22, split into shoots and roots.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from sinks.dynamics.scheme import ROUNDING
from sinks.estimates import Numbers

__all__ = ["Harvest", "by_share", "by_volume", "check_shares"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Carbon moved by a harvest, t_C (or t_C/ha); arrays of one shape, all amounts positive."""

    removed: Numbers
    slash_above: Numbers
    slash_below: Numbers

    @property
    def live_loss(self) -> Numbers:
        """Return what leaves living biomass."""
        return self.removed + self.slash_above + self.slash_below

    def into(self, shares: Mapping[str, float]) -> dict[str, Numbers]:
        """Return the inflow into each product, t_C; the rest of the removal is lost that year.

        Parameters
        ----------
        shares : mapping of product to share of the carbon removed
            Such as {"bamboo_board": 0.6257}. Residues, firewood and bark are in no product.

        Raises
        ------
        ProjectError
            If a share is negative or they sum to more than the removal.
        """
        check_shares(shares)
        return {product: self.removed * share for product, share in shares.items()}


def check_shares(shares: Mapping[str, float]) -> None:
    """Raise nothing if products can take these shares of the wood taken out.

    Raises
    ------
    ProjectError
        If a share is negative or they sum to more than all.
    """
    total = sum(shares.values())
    if total > 1 + ROUNDING or min(shares.values(), default=0) < 0:
        raise ProjectError(
            where="harvested_wood",
            problem=Text(
                f"林产品份额 {dict(shares)} 之和为 {total:g}；各份额应不小于 0，合计不大于 1。",
                f"the product shares {dict(shares)} sum to {total:g}; each must be 0 or more, "
                "all together 1 or less.",
            ),
        )


def by_volume(
    volume: Numbers,
    bcef: Numbers,
    root_shoot_ratio: Numbers,
    wood_density: Numbers,
    carbon_fraction: Numbers,
) -> Harvest:
    """Return the harvest of a volume of wood.

    Parameters
    ----------
    volume : array, m3 (per hectare or in all)
        Merchantable wood taken out.
    bcef : array, t_dm/m3
        Above-ground biomass felled per volume taken out, BCEF_R.
    root_shoot_ratio : array, t_dm/t_dm
    wood_density : array, t_dm/m3
        Dry matter of the wood itself; not more than BCEF_R.
    carbon_fraction : array, t_C/t_dm
    """
    above = np.asarray(volume * bcef * carbon_fraction)
    removed = np.asarray(volume * wood_density * carbon_fraction)
    if (removed > above).any():
        raise ProjectError(
            where="harvest",
            problem=Text(
                f"木材密度 {np.max(wood_density):g} 大于生物量转换与扩展系数 BCEF_R "
                f"{np.min(bcef):g}（t_dm/m3）：取出的木材多于砍伐的生物量。请检查这两个系数。",
                f"the wood density {np.max(wood_density):g} is above BCEF_R {np.min(bcef):g} "
                "(t_dm/m3): more wood is taken out than was felled. Check the two numbers.",
            ),
        )
    below = np.asarray(above * root_shoot_ratio)
    return Harvest(removed=removed, slash_above=above - removed, slash_below=below)


def by_share(
    above_ground: Numbers, below_ground: Numbers, cut: Numbers, removed: Numbers
) -> Harvest:
    """Return the harvest of a share of a stand, as of a thinning or a final felling.

    Parameters
    ----------
    above_ground, below_ground : array, t_C
        Living carbon before the cut.
    cut : array, 0 to 1
        Share of the stand's carbon that is felled; 1 for a final felling.
    removed : array, 0 to 1
        Share of the felled above-ground carbon that leaves the forest.
    """
    for name, share in (("cut", cut), ("removed", removed)):
        wrong = ~((np.asarray(share) >= 0) & (np.asarray(share) <= 1))
        if wrong.any():
            raise ProjectError(
                where="harvest",
                problem=Text(
                    f"{name}={np.asarray(share)[wrong].flat[0]}，应在 0 与 1 之间。",
                    f"{name} is {np.asarray(share)[wrong].flat[0]}; it must be within 0 and 1.",
                ),
            )
    felled = np.asarray(above_ground * cut)
    taken = felled * removed
    return Harvest(
        removed=taken, slash_above=felled - taken, slash_below=np.asarray(below_ground * cut)
    )
