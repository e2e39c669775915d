"""Types of links between issues, as trackers name them: which of the two comes first."""

from __future__ import annotations

COMES_FIRST: dict[str, bool] = {
    # Jira's own "Blocks"; inward "is blocked by"
    "blocks": True,
    "is blocking": True,
    # "Depends", "Dependency", as administrators add it; inward "is dependent of"
    "depends on": False,
    "depends upon": False,
    "is dependent on": False,
    "is depended on by": True,
    "is depended upon by": True,
    # "Required"; inward "requires", "is required by"
    "is required by": True,
    "requires": False,
    # BigGantt "Gantt: finish-start", "Gantt End to Start"; inward "has to be done after"
    "has to be done before": True,
    "has to be done after": False,
    # written the other way round by an administrator
    "is blocked by": False,
}
"""By the outward phrase of a link's type: whether the issue that it is said of comes first.

Jira reads a link from its outward end: an issue that holds `outwardIssue` B says "I <outward
phrase> B", and one that holds `inwardIssue` C says "I <inward phrase> C", which is the same as
"C <outward phrase> me". So "A blocks B" puts A first, and "A depends on B" puts B first. A type
whose phrase is not here is no dependency that can be told, and keeps its own name as kind.
"""

BLOCKING_NAMES = frozenset({"blocks", "blocker", "gantt: finish-start", "gantt end to start"})
"""Types whose outward end comes first whatever language their phrases are in."""
