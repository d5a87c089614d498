"""Conflicts among 100,000 pledged parcels, 2,000 of them planted, on one core.

Run as `OMP_NUM_THREADS=1 python -m tests.benchmarks.conflicts [parcels] [planted]`. Times are of
the processor as well as of the clock, as a machine that others use is no measure.
"""

import statistics
import sys
import time
from collections import Counter
from datetime import date

from lending.conflicts import KnownClaims, bundled_rules, find_conflicts
from tests.lending.parcels import numbered, planted, register

TODAY = date(2026, 5, 1)
BULK_SECONDS, CLAIM_SECONDS = 30, 0.05
SINGLE = 200
GEOMETRY = ["G3", "G4", "G5", "G6", "V1", "S1", "C1", "P2"]


def main(parcels: int, conflicts: int) -> int:
    """Measure; 1 where a conflict was missed, one was made up, or it took too long."""
    known = register(parcels)
    units, numbers = numbered(conflicts // 10)
    plan = planted(known, conflicts - len(numbers)) + numbers
    known += units
    every = bundled_rules()
    rules = every.only(GEOMETRY)
    everything = [*known, *(p.claim for p in plan)]
    seconds = []
    for title, chosen in (("ground, years, rights, serials", rules), ("all checks", every)):
        start, used = time.perf_counter(), time.process_time()
        found = find_conflicts(everything, (), chosen, TODAY)
        wall, cpu = time.perf_counter() - start, time.process_time() - used
        seconds.append(cpu)
        counts = Counter(f.level for f in found if f.other)
        print(f"bulk, {title}: {wall:.1f} s by the clock, {cpu:.1f} s of the processor; "
              f"{len(found):,} findings, of pairs {dict(counts)}")  # fmt: skip
    said = {
        frozenset((f.claim.claim_id, f.other.claim_id)): (f.check, f.level)
        for f in found
        if f.other and f.check != "P2"
    }
    wanted = {frozenset((p.claim.claim_id, p.of)): (p.check, p.level) for p in plan}
    missed = [p.kind for p in plan if p.check
              and said.get(frozenset((p.claim.claim_id, p.of))) != (p.check, p.level)]  # fmt: skip
    invented = [p.kind for p in plan if not p.check and frozenset((p.claim.claim_id, p.of)) in said]
    new = {p.claim.claim_id for p in plan}
    alarms = [pair for pair, (_, level) in said.items() if level != "INFO" and not pair & new]
    blocked = {pair for pair, (_, level) in said.items() if level == "BLOCK"}
    print(f"planted {len(plan):,}: {len(missed)} missed, {len(invented)} made up; "
          f"{len(alarms)} alarms between parcels that only touch or are slivers; "
          f"{len(blocked - wanted.keys()):,} more pairs blocked, of planted claims")  # fmt: skip
    start = time.perf_counter()
    register_kept = KnownClaims(known)
    print(f"register made ready: {time.perf_counter() - start:.1f} s")
    single = []
    for one in plan[:SINGLE]:
        start = time.perf_counter()
        find_conflicts([one.claim], register_kept, every, TODAY)
        single.append(time.perf_counter() - start)
    print(f"one new claim, all checks: median {statistics.median(single) * 1e3:.1f} ms, "
          f"worst {max(single) * 1e3:.1f} ms")  # fmt: skip
    slow = seconds[0] > BULK_SECONDS or max(single) > CLAIM_SECONDS
    return int(bool(missed or invented or alarms or slow))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [100_000, 2_000][len(given) :])))
