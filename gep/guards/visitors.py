"""The guard of visitors: tourists and residents at leisure are different people."""

from data_catalog.text import Text
from gep.guards.guard import Guard, Seen


def _twice(seen: Seen) -> Text | None:
    if seen.counted("tourism") is None or seen.counted("leisure") is None:
        return None
    return Text(
        "旅游康养与休闲游憩同时计入。请确认旅游人次不含本地居民的日常游憩。",
        "Tourism and leisure both count. Make sure that the visits of tourism leave out residents "
        "at leisure.",
    )


VISITORS = Guard(
    id="visitors",
    title=Text("游客与居民不重复", "Tourists and residents are different people"),
    looks_at=Text("旅游康养与休闲游憩", "tourism and leisure"),
    why=Text(
        "同一次出游只能算作旅游或休闲之一，两项的人群须分开。",
        "One outing is either tourism or leisure: the two groups of visitors have to be disjoint.",
    ),
    check=_twice,
)
