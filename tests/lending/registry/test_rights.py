"""What can be pledged as what: years, land, permits and projects, told before it is too late."""

import pytest

from lending.registry.errors import AgainstRecord
from tests.lending.registry.world import World


@pytest.mark.parametrize("right", ["TREE", "LAND"])
def test_what_stands_is_pledged_for_the_whole_term_of_the_loan(world: World, right: str) -> None:
    """The loan runs [2026, 2029): trees of 2026 and trees of 2027 are the same trees."""
    for years in ((2026, 2028), (2027, 2029), (2027, 2028)):
        with pytest.raises(
            AgainstRecord, match=r"whole term of the loan, \[2026-01-01, 2029"
        ) as no:
            world.apply("L1", "K1", right=right, years=years)
    assert "不能按年份分割" in no.value.say("zh")
    assert world.state(world.apply("L1", "K1", right=right, years=(2026, 2029))) == "applied"
    with pytest.raises(AgainstRecord, match="P000001 secures it"):
        world.apply("L1", "K1", right=right, years=(2025, 2030))
    flows = [world.apply("L1", "K1", right="COMP", years=(y, y + 1)) for y in (2026, 2027)]
    assert [world.state(flow) for flow in flows] == ["applied", "applied"]
