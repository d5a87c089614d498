"""Findings in words, the same wherever they are told."""

from collections.abc import Sequence

from data_catalog.text import Text
from lending.conflicts.claim import Finding
from lending.conflicts.rules import bundled_rules

__all__ = ["LEVEL_TITLES", "told", "told_all"]

LEVEL_TITLES = {
    "BLOCK": Text("禁止登记", "BLOCK"),
    "FLAG": Text("须复核", "FLAG"),
    "INFO": Text("记录", "INFO"),
}


def told(finding: Finding) -> Text:
    """Return what a finding says: level, check, claim, whom it meets, what was found."""
    level, title = LEVEL_TITLES[finding.level], bundled_rules().checks[finding.check].title
    mine, other = finding.claim.claim_id, finding.other
    beside = Text("", "")
    if other is not None:
        creditor = f"（{other.creditor}）" if other.creditor else ""
        holder = f" ({other.creditor})" if other.creditor else ""
        beside = Text(f"，对方 {other.claim_id}{creditor}", f", meets {other.claim_id}{holder}")
    return Text(
        f"[{level.zh} {finding.check} {title.zh}] {mine}{beside.zh}：{finding.what.zh}",
        f"[{level.en} {finding.check} {title.en}] {mine}{beside.en}: {finding.what.en}",
    )


def told_all(findings: Sequence[Finding]) -> Text:
    """Return findings one after the other."""
    words = [told(finding) for finding in findings]
    return Text(" ".join(w.zh for w in words), " ".join(w.en for w in words))
