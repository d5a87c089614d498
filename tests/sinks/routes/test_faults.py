"""What is wrong with an inventory, and what is said of it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import GepError, Problems, ProjectError, TableError, UnknownNameError
from data_catalog.parameters import bundled
from sinks.routes import Choices, chosen, routes_chosen, spread, stocks, table
from tests.sinks.routes.conftest import Stands
from tests.sinks.routes.test_published_cases import MOSO, trees


def inventory(**columns: Any) -> pd.DataFrame:
    one = {"parcel_id": "33", "year": 2008, "area_ha": 1.0, "species": "杉木", "volume": 80.0}
    return pd.DataFrame([one | columns])


def test_an_unknown_species_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match=r"33, 2008: no species is named '杉木树'.*杉木"):
        stocks(inventory(species="杉木树"), bundled())


def test_a_negative_volume_is_an_error_with_value_and_unit() -> None:
    with pytest.raises(TableError, match=r"33, 2008: volume is -5 m3/ha.*within 0 to 3000 m3/ha"):
        stocks(inventory(volume=-5.0), bundled())


def test_an_unknown_age_group_is_an_error_with_the_known_words() -> None:
    with pytest.raises(UnknownNameError, match="no age group is named 'ancient'"):
        stocks(inventory(age_group="ancient"), bundled())


def test_everything_wrong_is_told_at_once() -> None:
    both = pd.concat([inventory(species="x y z"), inventory(volume=-1.0, origin="?")])
    with pytest.raises(Problems) as caught:
        stocks(both, bundled())
    # the species, the origin, the volume, and the parcel's year given twice
    assert len(caught.value.errors) == 4


def test_a_missing_parameter_refuses_the_parcel_and_is_named(stand: Stands) -> None:
    found = stand("volume_fixed", species="华山松", volume=80.0)
    assert len(found.total) == 0
    (refused,) = found.refused
    assert refused.parcel_id == "a"
    said = refused.reason.say("en")
    assert "'stem_wood_density' (species_group = armand_pine)" in said
    assert "china-recalled" in said


def test_a_density_of_shrubs_is_not_made_up(stand: Stands) -> None:
    found = stand("shrub_density", forest_kind="国家特别规定灌木林", species="灌木")
    assert "'shrub_carbon_density'" in found.refused[0].reason.say("en")


def test_an_age_without_limits_of_its_species_names_them(stand: Stands) -> None:
    found = stand("age_group", species="木荷", origin="天然", age=30.0)
    assert "'age_group_limit' (natural/schima/young, age 30 years)" in str(found.refused[0].reason)


def test_a_parcel_without_area_has_no_stock(stand: Stands) -> None:
    found = stand("volume_fixed", species="杉木", volume=80.0, area_ha=np.nan)
    assert len(found.pools) == 0
    assert "has no area_ha" in found.refused[0].reason.say("en")


def test_a_stand_without_species_is_refused_and_said_so(stand: Stands) -> None:
    found = stand("volume_fixed", volume=80.0)
    assert "has no species" in found.refused[0].reason.say("en")
    assert "species" in found.refused[0].reason.say("zh")


def test_one_tree_that_cannot_be_worked_out_refuses_the_parcel(stand: Stands) -> None:
    forest = trees(("1", "杉木", 12, 10, 400), ("1", "马尾松", 12, np.nan, 400))
    found = stand("tree_list", species="杉木", trees=forest)
    assert len(found.total) == 0
    assert "'tree_coefficient' (species group masson_pine" in found.refused[0].reason.say("en")


def test_culms_of_an_age_without_numbers_are_refused(stand: Stands) -> None:
    old = MOSO.assign(culm_age=["1", "3", "Ⅳ度"])
    found = stand("bamboo_culm_age", species="毛竹", bamboo=old)
    assert len(found.total) == 0
    assert "'bamboo_culm_mass' (culm_age = 7)" in found.refused[0].reason.say("en")


def test_culms_of_an_age_that_is_none_are_an_error(stand: Stands) -> None:
    with pytest.raises(UnknownNameError, match="age of culms"):
        stand("bamboo_culm_age", species="毛竹", bamboo=MOSO.assign(culm_age=["1", "3", "old"]))


def test_trees_of_a_parcel_that_is_not_in_the_inventory_are_an_error() -> None:
    forest = trees(("1", "杉木", 12, 10, 400))
    with pytest.raises(TableError, match="trees: a, 2008: has no row in the inventory"):
        stocks(inventory(), bundled(), trees=forest)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices(routes=("volume_fix",)), "no route is named 'volume_fix'.*volume_fixed"),
        (Choices(added=("soil",)), "no added pool is named 'soil'"),
        (Choices(trees=("lyt2264",)), "no parameter set is named 'lyt2264'.*lyt2264-2014"),
        (Choices(sets={"volume_linear": "fang"}), "no parameter set is named 'fang'.*fang-2001"),
        (Choices(sets={"volumes": "fang-2001"}), "no route is named 'volumes'"),
    ],
)
def test_unknown_names_among_the_choices(choices: Choices, said: str) -> None:
    with pytest.raises(UnknownNameError, match=said):
        stocks(inventory(), bundled(), choices)


def test_one_pool_is_not_added_twice() -> None:
    with pytest.raises(ProjectError, match="count twice"):
        stocks(inventory(), bundled(), Choices(added=("litter_share", "litter_by_type")))


def test_an_added_pool_without_a_number_is_left_out_and_the_total_with_it(stand: Stands) -> None:
    # no litter of eucalypts is known; the trees still are
    found = stand("volume_fixed", species="桉树", volume=80.0, added=("litter_by_type",))
    assert set(found.pools.keys["pool"]) == {"above_ground", "below_ground"}
    assert np.isnan(found.total.value[0])
    assert [r.pool for r in found.refused] == ["litter"]


def test_an_inventory_that_allows_no_route_gives_empty_tables() -> None:
    found = stocks(inventory(species="", volume=np.nan), bundled())
    assert found == ()
    assert len(table(found)) == len(routes_chosen(found)) == len(chosen(found)) == 0
    assert len(spread(found, bundled())) == 0


def test_every_reason_is_said_in_both_languages(stand: Stands) -> None:
    found = stand("volume_fixed", species="华山松", volume=80.0)
    reason: GepError = found.refused[0].reason
    assert "缺少参数" in reason.say("zh")
