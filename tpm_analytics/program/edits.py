"""How a program's tables gain and lose rows, and names it has not are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from tpm_analytics.errors import ParameterError, meant
from tpm_analytics.program.program import Program

SHOWN_NAMES = 8


def teams(program: Program) -> list[str]:
    """Names of all teams that own or do anything."""
    owned = (program.items, program.sprints, program.people, program.activities)
    return sorted({str(team) for table in owned for team in table["team"].dropna().unique()})


def refuse_unknown(
    program: Program, name: str, what: str, known: Iterable[str], *, of: str = ""
) -> None:
    """Refuse a name that the program has not, telling those it has."""
    there = list(known)
    if name not in there:
        raise ParameterError(
            f"{program.source} has no {what} {name!r}{of}.{meant(name, there)}",
            hint=f"there is {named(pd.Series(sorted(there), dtype='str')) or 'none'}",
        )


def named(names: pd.Series) -> str:
    """Name the first of them, and how many more there are."""
    more = len(names) - SHOWN_NAMES
    return ", ".join(map(str, names.head(SHOWN_NAMES))) + (f" and {more} more" if more > 0 else "")


def most_usual(values: pd.Series) -> str | None:
    """Return the value met most often, the first by name of several; None of none."""
    counts = values.astype("str").dropna().value_counts()
    if counts.empty:
        return None
    return str(min(counts.index[counts == counts.max()]))


def free_names(stem: str, count: int, taken: set[str]) -> list[str]:
    """Return `count` names that are not taken yet; they are taken then."""
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        if (name := f"{stem} {number}") not in taken:
            taken.add(name)
            names.append(name)
    return names


def below(table: pd.DataFrame, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Put rows under a table; columns keep their types, and categories get the new names."""
    if not rows:
        return table
    # rows that no table has are rows of unknowns, of every column's own type
    more = table.iloc[:0].reindex(range(len(rows)))
    for name in rows[0]:
        given = pd.Series([row[name] for row in rows], dtype=object)
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            names = table[name].cat.categories.union(given.dropna().unique())
            table = table.assign(**{name: table[name].cat.set_categories(names)})
        more = more.assign(**{name: given.astype(table[name].dtype)})
    return pd.concat([table, more], ignore_index=True)


def rows_kept(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """Return the rows of a table that are kept, or the table itself if all are."""
    return table if kept.all() else table[kept.astype(bool)].reset_index(drop=True)
