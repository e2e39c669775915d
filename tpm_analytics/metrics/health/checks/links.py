"""Checks of links: those that leave the set, and circles of items that wait for one another."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tpm_analytics.metrics.health.checks.check import Check, Found
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among

ORDERING_KINDS = ("blocks", "FS")
SHOWN_IN_CIRCLE = 6


def _leaving(program: Program) -> Found:
    links = program.links
    known = pd.concat([program.items["item_id"], program.activities["activity_id"]])
    outside = pd.concat([links.loc[~among(links[end], known), end] for end in ("from_id", "to_id")])
    leaving = ~(among(links["from_id"], known) & among(links["to_id"], known))
    return Found(outside.drop_duplicates(), len(links), int(leaving.sum()))


def _circles(program: Program) -> Found:
    """Find strongly connected sets of items: each waits, by way of others, for itself."""
    links = program.links
    ordering = links[links["kind"].isin(ORDERING_KINDS)]
    ends = pd.concat([ordering["from_id"], ordering["to_id"]]).astype(object)
    codes, names = pd.factorize(ends, sort=True)
    first, second = np.split(codes, 2)
    count = len(names)
    if not count:
        return Found(pd.Series(dtype="str"), 0)
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    number, group = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(group, minlength=number)
    circular = size[group] > 1
    circular[first[first == second]] = True
    members = pd.Series(names[circular]).groupby(group[circular]).agg(_circle)
    return Found(members.sort_values(ignore_index=True), count, int(circular.sum()))


def _circle(names: pd.Series) -> str:
    shown = " + ".join(names.head(SHOWN_IN_CIRCLE))
    more = len(names) - SHOWN_IN_CIRCLE
    return f"{shown} + {more:,} more" if more > 0 else shown


CHECKS = (
    Check(
        slug="link-leaves-set",
        severity="warning",
        table="links",
        find=_leaving,
        meaning="They lead to items that were not loaded: what those hold up, or wait for, "
        "cannot be seen.",
        remedy="Load the projects at the other end too.",
    ),
    Check(
        slug="link-circle",
        severity="error",
        table="links",
        find=_circles,
        meaning="Items wait for one another in a circle, so that no order of work and no "
        "critical path exists for them.",
        remedy="Remove or turn round one link of each circle; its members are named.",
    ),
)
