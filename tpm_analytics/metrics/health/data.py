"""Health of the data: what a source delivered, and what in it makes figures wrong or weak."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import day_of
from tpm_analytics.metrics.health.checks import CHECKS, Check, Found
from tpm_analytics.metrics.health.checks.check import SEVERITIES
from tpm_analytics.program import TABLES, Program
from tpm_analytics.results.health import Findings, Tables, WorkflowStages

SHOWN_EXAMPLES = 5


def findings(program: Program) -> DataFrame[Findings]:
    """What in the data makes figures wrong, may mislead, or should be known before reading them.

    Parameters
    ----------
    program
        Reads every table.

    Returns
    -------
    Findings
        One row per kind of finding that occurs, errors first, then warnings, then notes; each
        says how many rows are concerned, of which share of those looked at, with examples, what
        it does to figures and what to do. No rows: nothing was found.

    Notes
    -----
    An *error* makes figures wrong, a *warning* may make them mislead, a *note* is something to
    know. A bulk finish is more than 20 items within one clock minute, or a day whose finishes lie
    more than five interquartile ranges above the median day [1]_. Circles of links are the
    strongly connected components of the ``blocks`` links [2]_. What each check looks for stands
    in ``docs/metrics/health.md``.

    References
    ----------
    .. [1] J. Tukey, "Exploratory Data Analysis", 1977, ch. 2: fences by spreads, not deviations,
       so that the outliers looked for do not move the fence.
    .. [2] R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1(2), 1972.

    Examples
    --------
    >>> items = pd.DataFrame({
    ...     "item_id": ["A-1"],
    ...     "created_at": ["2025-03-03T09:00Z"],
    ...     "started_at": ["2025-03-06T09:00Z"],
    ...     "finished_at": ["2025-03-04T09:00Z"],
    ... })
    >>> findings(Program.from_tables({"items": items}))[["check", "count", "examples"]]
                         check  count examples
    0  finished-before-started      1      A-1
    """
    told = [_row(check, found) for check in CHECKS if (found := check.find(program)).rows]
    rows = pd.DataFrame(told, columns=list(Findings.declared()))
    order = pd.Categorical(rows["severity"], categories=SEVERITIES, ordered=True)
    ordered = rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    return Findings.validate(ordered.astype({"examples": "str"}))


def _row(check: Check, found: Found) -> dict[str, object]:
    shown = ", ".join(found.labels.drop_duplicates().head(SHOWN_EXAMPLES))
    more = found.labels.nunique() - SHOWN_EXAMPLES
    return {
        "check": check.slug,
        "severity": check.severity,
        "table": check.table,
        "count": found.rows,
        "share": found.rows / found.of if found.of else float("nan"),
        "examples": f"{shown}, ..." if more > 0 else shown,
        "meaning": check.meaning,
        "remedy": check.remedy,
    }


def tables(program: Program) -> DataFrame[Tables]:
    """Rows and days of every table, the empty ones too.

    Parameters
    ----------
    program
        Reads every table.

    Returns
    -------
    Tables
        One row per table of the language, in its order. ``first_on`` and ``last_on`` are the
        first and the last day that any of its columns names, plans included; NA if none does.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
    >>> tables(Program.from_tables({"items": items})).loc[:1, ["table", "rows", "first_on"]]
             table  rows   first_on
    0        items     1 2025-03-03
    1  transitions     0        NaT
    """
    rows = []
    for name, table in program.tables().items():
        first, last = _span(name, table, program.time_zone)
        rows.append({"table": name, "rows": len(table), "first_on": first, "last_on": last})
    return Tables.validate(pd.DataFrame(rows))


def _span(name: str, table: pd.DataFrame, time_zone: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    declared = TABLES[name].declared()
    ends = []
    for column in declared.values():
        if column.dtype == "instant" and f"{column.name.removesuffix('_at')}_on" not in declared:
            days = day_of(table[column.name], time_zone)
        elif column.dtype == "day":
            days = table[column.name]
        else:
            continue
        ends += [days.min(), days.max()]
    span = pd.Series(ends, dtype="datetime64[us]")
    return span.min(), span.max()


def workflow(program: Program) -> DataFrame[WorkflowStages]:
    """Stage of every status, how it is known, and how much the status is used.

    Parameters
    ----------
    program
        Reads its workflow, and ``status`` of items and ``to_status`` of transitions.

    Returns
    -------
    WorkflowStages
        One row per status, in the order work passes them. ``told`` is ``given`` where tpm.toml
        or the caller mapped it, ``inferred`` where the tracker's category or the status's name
        told, ``unknown`` where nobody did; an unknown one counts as waiting.

    Examples
    --------
    >>> items = pd.DataFrame({
    ...     "item_id": ["A-1"], "status": ["Done"], "created_at": ["2025-03-03T09:00Z"]
    ... })
    >>> workflow(Program.from_tables({"items": items}))
      status stage      told  items  entries
    0   Done  done  inferred      1        0
    """
    stages = pd.Series(dict(program.workflow.stages), dtype=object)
    told = pd.Series("inferred" if program.workflow.inferred else "given", index=stages.index)
    told[told.index.isin(program.workflow.unknown)] = "unknown"
    return WorkflowStages.validate(
        pd.DataFrame(
            {
                "status": stages.index.astype("str"),
                "stage": stages.to_numpy(),
                "told": told.to_numpy(),
                "items": _used(program.items["status"], stages.index),
                "entries": _used(program.transitions["to_status"], stages.index),
            }
        )
    )


def _used(statuses: pd.Series, names: pd.Index) -> list[int]:
    counts = statuses.astype(object).value_counts()
    return [int(count) for count in counts.reindex(names, fill_value=0)]
