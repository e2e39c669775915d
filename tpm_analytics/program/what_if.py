"""The tables of a program as a scenario makes them: one function for each kind of change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from tpm_analytics.errors import ParameterError
from tpm_analytics.program import tables as t
from tpm_analytics.program.changes import (
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
    ScopeAdded,
    ScopeCut,
    meant,
)
from tpm_analytics.program.keys import among
from tpm_analytics.program.program import Program
from tpm_analytics.program.scenario import Scenario

ADDED_TITLE = "Added by the what-if"
SHOWN_NAMES = 8
# Words that trackers use, the most urgent first; one that is none of them counts as middling
_URGENCY = (
    ("blocker", "critical", "highest", "urgent", "p0", "0"),
    ("major", "high", "important", "p1", "1"),
    ("medium", "normal", "middle", "p2", "2"),
    ("minor", "low", "p3", "3"),
    ("trivial", "lowest", "p4", "4", "p5", "5"),
)
_MIDDLING = 2
_OF_ITEMS = ("transitions", "blocks", "sprint_scope")


def applied(scenario: Scenario, program: Program) -> Program:
    """Return the program with every change of the scenario made to its tables.

    The program given stays as it is; a scenario that assumes nothing gives it itself. Each change
    is read off the program as given, so that their order makes no difference: work is cut of what
    was there, and what is added stays.

    Raises
    ------
    ParameterError
        For a team, person, item, release, risk or link that the program has not, naming those it
        has; and for a program that is a what-if already.
    """
    if scenario.empty:
        return program
    if program.before is not None:
        raise ParameterError(
            f"The program is a what-if already: {program.scenario.name!r}.",
            hint="put all changes into one scenario, and apply it to program.before",
        )
    changed = _changed(program, scenario)
    checked = {name: t.TABLES[name].validate(table, lazy=True) for name, table in changed.items()}
    told = {name: table.reset_index(drop=True) for name, table in checked.items()}
    return replace(program, scenario=scenario, before=program, **told)


def _changed(program: Program, scenario: Scenario) -> dict[str, pd.DataFrame]:
    changed: dict[str, pd.DataFrame] = {}
    people = program.people
    if scenario.people_leaving:
        people = _without_people(program, scenario.people_leaving)
    if scenario.people_added:
        people = _with_people(program, people, scenario.people_added)
    if people is not program.people:
        changed["people"] = people
    if scenario.scope_cut:
        kept = tuple(change.under for change in scenario.scope_added)
        changed |= _without_items(program, scenario.scope_cut, kept)
    if scenario.scope_added:
        items = changed.get("items", program.items)
        changed["items"] = _with_items(program, items, scenario.scope_added)
    if scenario.links_removed:
        links = changed.get("links", program.links)
        changed["links"] = _without_links(program, links, scenario.links_removed)
    if scenario.risks_closed:
        changed["risks"] = _closed(program, scenario.risks_closed)
    if scenario.holidays:
        changed["absences"] = _with_holidays(program, people, scenario.holidays)
    return changed


def _with_people(
    program: Program, people: pd.DataFrame, changes: Iterable[PeopleAdded]
) -> pd.DataFrame:
    taken, rows = set(program.people["person_id"]), []
    for change in changes:
        _refuse_unknown(program, change.team, "team", teams(program))
        colleagues = program.people[program.people["team"] == change.team]
        country = change.country or _most_usual(colleagues["country"])
        time_zone = _most_usual(colleagues["time_zone"])
        names = _free_names(f"New in {change.team}", change.count, taken)
        rows += [
            {
                "person_id": name,
                "team": change.team,
                "role": change.role or None,
                "skills": ";".join(change.skills) or None,
                "time_zone": time_zone,
                "country": country,
                "hours_per_week": change.hours_per_week,
                "joined_on": pd.Timestamp(change.joined_on),
            }
            for name in names
        ]
    return _below(people, rows)


def _without_people(program: Program, changes: Iterable[PeopleLeaving]) -> pd.DataFrame:
    people = program.people
    left_on = people["left_on"].copy()
    for change in changes:
        last = pd.Timestamp(change.left_on).as_unit("us")
        there = ~(people["left_on"] < last) & ~(people["joined_on"] > last)
        leavers = leaving(program, change, there)
        left_on = left_on.mask(leavers & ~(left_on < last), last)
    return people.assign(left_on=left_on)


def leaving(program: Program, change: PeopleLeaving, there: pd.Series) -> pd.Series:
    """Whether each person of the program leaves by `change`, of those who are there."""
    people = program.people
    if change.person_id:
        _refuse_unknown(program, change.person_id, "person", people["person_id"].tolist())
        return people["person_id"] == change.person_id
    _refuse_unknown(program, change.team, "team", teams(program))
    ours = there & (people["team"] == change.team)
    if change.role:
        roles = people.loc[people["team"] == change.team, "role"].dropna().unique()
        _refuse_unknown(program, change.role, "role", map(str, roles), of=f" in {change.team}")
        ours &= people["role"] == change.role
    if ours.sum() < change.count:
        who = f"{change.role} of {change.team}" if change.role else change.team
        raise ParameterError(
            f"{change.count} shall leave {who} on {change.left_on}, and {ours.sum()} are there.",
            hint="lower count",
        )
    order = people[ours].sort_values(
        ["joined_on", "person_id"], ascending=[False, True], na_position="last"
    )
    return people.index.to_series().isin(order.index[: change.count])


# the explore notebook moves one thing after another, and the same work stays cut meanwhile
@lru_cache(maxsize=2)
def _without_items(
    program: Program, changes: tuple[ScopeCut, ...], kept: tuple[str, ...]
) -> Mapping[str, pd.DataFrame]:
    items = program.items
    parent = _parents(items)
    cut = np.zeros(len(items), dtype=bool)
    open_work = _least_urgent(items, parent)
    for change in changes:
        cut |= _cut_by(program, change, parent, open_work)
    cut |= _emptied(items, cut, parent) & ~items["item_id"].isin(list(kept)).to_numpy()
    gone = items.loc[cut, "item_id"]
    if gone.empty:
        return {}
    links, logs = program.links, program.worklogs
    tied = among(links["from_id"], gone) | among(links["to_id"], gone)
    return {
        "items": _rows(items, pd.Series(~cut)),
        "links": _rows(links, ~tied),
        **{
            name: _rows(table, ~among(table["item_id"], gone))
            for name in _OF_ITEMS
            if len(table := getattr(program, name))
        },
        # hours that were worked stay worked
        "worklogs": logs.assign(item_id=logs["item_id"].mask(among(logs["item_id"], gone))),
    }


def _parents(items: pd.DataFrame) -> np.ndarray:
    """Position of the item each one is part of; -1 where it is part of none that is there."""
    keys = pd.Index(items["item_id"].astype(object))
    place: np.ndarray = keys.get_indexer(pd.Index(items["parent_id"].astype(object)))
    return place


def _least_urgent(items: pd.DataFrame, parent: np.ndarray) -> np.ndarray:
    """Positions of open work, the least urgent first; what holds others is not work itself."""
    work: np.ndarray = items["finished_at"].isna().to_numpy(copy=True)
    work[parent[parent >= 0]] = False
    ranked = pd.DataFrame(
        {
            "place": np.flatnonzero(work),
            "urgency": _urgency(items.loc[work, "priority"]).to_numpy(),
            "created": items.loc[work, "created_at"].to_numpy(),
            "item_id": items.loc[work, "item_id"].to_numpy(),
        }
    ).sort_values(["urgency", "created", "item_id"], ascending=[False, False, True])
    return ranked["place"].to_numpy()


def _cut_by(
    program: Program, change: ScopeCut, parent: np.ndarray, open_work: np.ndarray
) -> np.ndarray:
    """Whether each item is open work that `change` cuts."""
    items = program.items
    work = np.zeros(len(items), dtype=bool)
    work[open_work] = True
    if change.under:
        _refuse_unknown(program, change.under, "item", items["item_id"].tolist())
        work &= _under((items["item_id"] == change.under).to_numpy(dtype=bool), parent)
    if change.team:
        _refuse_unknown(program, change.team, "team", teams(program))
        work &= (items["team"] == change.team).to_numpy(dtype=bool)
    if change.release:
        _refuse_unknown(program, change.release, "release", _releases(program))
        work &= (items["release"] == change.release).to_numpy(dtype=bool)
    if change.share == 1:
        return work
    least = open_work[work[open_work]]
    dropped = np.zeros(len(items), dtype=bool)
    dropped[least[: int(np.floor(change.share * len(least) + 0.5))]] = True
    return dropped


def _emptied(items: pd.DataFrame, cut: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Whether each open item held nothing but what is cut: it is no work of its own."""
    is_part = parent >= 0
    holds = np.bincount(parent[is_part], minlength=len(items)) > 0
    unfinished = items["finished_at"].isna().to_numpy()
    gone = cut.copy()
    while True:
        left = np.bincount(parent[is_part & ~gone], minlength=len(items))
        more = holds & unfinished & ~gone & (left == 0)
        if not more.any():
            return gone
        gone |= more


def _under(chosen: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Whether each item is chosen or part of one that is, at any depth."""
    while True:
        wider: np.ndarray = chosen | ((parent >= 0) & chosen[parent])
        if (wider == chosen).all():
            return chosen
        chosen = wider


def _with_items(
    program: Program, items: pd.DataFrame, changes: Iterable[ScopeAdded]
) -> pd.DataFrame:
    taken, rows = set(program.items["item_id"]), []
    first = [name for name, stage in program.workflow.stages.items() if stage == "backlog"][:1]
    for change in changes:
        _refuse_unknown(program, change.team, "team", teams(program))
        if change.under:
            _refuse_unknown(program, change.under, "item", program.items["item_id"].tolist())
        if change.release:
            _refuse_unknown(program, change.release, "release", _releases(program))
        kind = _most_usual(program.items.loc[program.items["team"] == change.team, "kind"])
        rows += [
            {
                "item_id": name,
                "title": ADDED_TITLE,
                "kind": kind,
                "team": change.team,
                "status": first[0] if first else None,
                "source_status": first[0] if first else None,
                "parent_id": change.under or None,
                "release": change.release or None,
            }
            for name in _free_names(f"{change.team} what-if", change.items, taken)
        ]
    return _below(items, rows)


def _without_links(
    program: Program, links: pd.DataFrame, changes: Iterable[LinkRemoved]
) -> pd.DataFrame:
    there = program.links
    gone = pd.Series(data=False, index=links.index)
    for change in changes:
        if not _between(there, change).any():
            after = there.loc[there["from_id"] == change.from_id, "to_id"]
            before = there.loc[there["to_id"] == change.to_id, "from_id"]
            raise ParameterError(
                f"Nothing links {change.from_id!r} to {change.to_id!r}.",
                hint=f"{change.from_id} leads to {_named(after) or 'nothing'}; "
                f"to {change.to_id} leads {_named(before) or 'nothing'}",
            )
        gone |= _between(links, change)
    return _rows(links, ~gone)


def _between(links: pd.DataFrame, change: LinkRemoved) -> pd.Series:
    return (links["from_id"] == change.from_id) & (links["to_id"] == change.to_id)


def _closed(program: Program, keys: Iterable[str]) -> pd.DataFrame:
    risks = program.risks
    for key in keys:
        _refuse_unknown(program, key, "risk", risks["risk_id"].tolist())
    open_still = risks["risk_id"].isin(list(keys)) & risks["closed_on"].isna()
    status = risks["status"].cat
    names = status.categories.union(["closed"])
    closed = status.set_categories(names).mask(open_still, "closed")
    return risks.assign(
        status=closed.cat.remove_unused_categories(),
        closed_on=risks["closed_on"].mask(open_still, program.as_of),
    )


def _with_holidays(
    program: Program, people: pd.DataFrame, changes: Iterable[Holiday]
) -> pd.DataFrame:
    """Everybody meant is away that day: the one table that moves capacity and calendars alike."""
    rows = []
    for change in changes:
        ours = pd.Series(data=True, index=people.index)
        if change.team:
            _refuse_unknown(program, change.team, "team", teams(program))
            ours &= (people["team"] == change.team).astype(bool)
        if change.country:
            countries = people["country"].dropna().unique().tolist()
            _refuse_unknown(program, change.country, "country", countries)
            ours &= (people["country"] == change.country).astype(bool)
        if not ours.any():
            raise ParameterError(
                f"{program.source} tells nobody who could be free on {change.day_on}.",
                hint="a holiday needs a table of people, who work on other days",
            )
        day = pd.Timestamp(change.day_on)
        rows += [
            {"person_id": name, "from_on": day, "to_on": day}
            for name in people.loc[ours, "person_id"]
        ]
    return _below(program.absences, rows)


def teams(program: Program) -> list[str]:
    """Names of all teams that own or do anything."""
    owned = (program.items, program.sprints, program.people, program.activities)
    return sorted({str(team) for table in owned for team in table["team"].dropna().unique()})


def _releases(program: Program) -> list[str]:
    return [str(name) for name in program.items["release"].dropna().unique()]


def _refuse_unknown(
    program: Program, name: str, what: str, known: Iterable[str], *, of: str = ""
) -> None:
    there = list(known)
    if name not in there:
        raise ParameterError(
            f"{program.source} has no {what} {name!r}{of}.{meant(name, there)}",
            hint=f"there is {_named(pd.Series(sorted(there), dtype='str')) or 'none'}",
        )


def _named(names: pd.Series) -> str:
    more = len(names) - SHOWN_NAMES
    return ", ".join(map(str, names.head(SHOWN_NAMES))) + (f" and {more} more" if more > 0 else "")


def _urgency(priority: pd.Series) -> pd.Series:
    place = {word: rank for rank, words in enumerate(_URGENCY) for word in words}
    ranks = {name: place.get(str(name).strip().casefold()) for name in priority.cat.categories}
    return priority.astype(object).map(ranks).fillna(_MIDDLING).astype("int64")


def _most_usual(values: pd.Series) -> str | None:
    counts = values.astype("str").dropna().value_counts()
    if counts.empty:
        return None
    return str(min(counts.index[counts == counts.max()]))


def _free_names(stem: str, count: int, taken: set[str]) -> list[str]:
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        if (name := f"{stem} {number}") not in taken:
            taken.add(name)
            names.append(name)
    return names


def _below(table: pd.DataFrame, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Put rows under a table; columns keep their types, and categories get the new names."""
    if not rows:
        return table
    # a row at -1 is a row of unknowns, of every column's own type
    longer = table.reindex(np.r_[table.index, np.full(len(rows), -1)]).reset_index(drop=True)
    place = range(len(table), len(longer))
    columns = {}
    for name in rows[0]:
        held = longer[name]
        given = pd.Series([row[name] for row in rows], index=place, dtype=object)
        if isinstance(held.dtype, pd.CategoricalDtype):
            held = held.cat.set_categories(held.cat.categories.union(given.dropna().unique()))
        column = held.copy()
        column.iloc[len(table) :] = given.astype(held.dtype)
        columns[name] = column
    return longer.assign(**columns)


def _rows(table: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    return table if kept.all() else table[kept.astype(bool)].reset_index(drop=True)
