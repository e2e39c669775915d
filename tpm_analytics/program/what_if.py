"""The tables of a program as a scenario makes them: one function for each kind of change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pandas as pd

from tpm_analytics.errors import ParameterError
from tpm_analytics.program import tables as t
from tpm_analytics.program.changes import (
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
)
from tpm_analytics.program.edits import (
    below,
    free_names,
    most_usual,
    named,
    refuse_unknown,
    rows_kept,
    teams,
)
from tpm_analytics.program.program import Program
from tpm_analytics.program.scenario import Scenario
from tpm_analytics.program.scope_changes import with_items, without_items


def applied(scenario: Scenario, program: Program) -> Program:
    """Return the program with every change of the scenario made to its tables.

    The program given stays as it is; a scenario that assumes nothing gives it itself. Each change
    is read off the program as given, so that their order makes no difference: work is cut of what
    was there, and what is added stays.

    Raises
    ------
    ParameterError
        For a team, person, item, release, risk or link that the program has not, naming the entry
        of the scenario and what the program has; and for a program that is a what-if already.
    """
    if scenario.empty:
        return program
    if program.before is not None:
        raise ParameterError(
            f"The program is a what-if already: {program.scenario.name!r}.",
            hint="put all changes into one scenario, and apply it to program.before",
        )
    try:
        changed = _changed(program, scenario)
    except ParameterError as error:
        raise _told_of(program, scenario, error) from None
    checked = {name: t.TABLES[name].validate(table, lazy=True) for name, table in changed.items()}
    told = {name: table.reset_index(drop=True) for name, table in checked.items()}
    return replace(program, scenario=scenario, before=program, **told)


def _told_of(program: Program, scenario: Scenario, error: ParameterError) -> ParameterError:
    """Say which entry of the scenario is meant: the first that cannot be applied alone."""
    lists = {each.name: getattr(scenario, each.name) for each in fields(scenario)}
    for kind, entries in lists.items():
        for number, entry in enumerate(entries if isinstance(entries, tuple) else (), start=1):
            try:
                alone: dict[str, Any] = {kind: (entry,)}
                _changed(program, Scenario(**alone))
            except ParameterError as found:
                return ParameterError(f"{kind} {number}: {found.message}", hint=found.hint)
    return error


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
        changed |= without_items(program, scenario.scope_cut, kept)
    if scenario.scope_added:
        items = changed.get("items", program.items)
        changed["items"] = with_items(program, items, scenario.scope_added)
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
        refuse_unknown(program, change.team, "team", teams(program))
        colleagues = program.people[program.people["team"] == change.team]
        country = change.country or most_usual(colleagues["country"])
        time_zone = most_usual(colleagues["time_zone"])
        names = free_names(f"New in {change.team}", change.count, taken)
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
    return below(people, rows)


def _without_people(program: Program, changes: Iterable[PeopleLeaving]) -> pd.DataFrame:
    people = program.people
    left_on = people["left_on"].copy()
    gone = pd.Series(data=False, index=people.index)
    # who is named, or has a role that is, leaves as said; of the others, those are taken who stay
    for change in sorted(changes, key=_least_choice):
        last = pd.Timestamp(change.left_on).as_unit("us")
        there = ~(people["left_on"] < last) & ~(people["joined_on"] > last) & ~gone
        leavers = leaving(program, change, there)
        left_on = left_on.mask(leavers & ~(left_on < last), last)
        gone |= leavers
    return people.assign(left_on=left_on)


def _least_choice(change: PeopleLeaving) -> tuple[bool, bool, date, str, str]:
    named = bool(change.person_id)
    return (not named, not change.role, change.left_on, change.team, change.role)


def leaving(program: Program, change: PeopleLeaving, there: pd.Series) -> pd.Series:
    """Whether each person of the program leaves by `change`, of those who are there."""
    people = program.people
    if change.person_id:
        refuse_unknown(program, change.person_id, "person", people["person_id"].tolist())
        return people["person_id"] == change.person_id
    refuse_unknown(program, change.team, "team", teams(program))
    ours = there & (people["team"] == change.team)
    if change.role:
        roles = people.loc[people["team"] == change.team, "role"].dropna().unique()
        refuse_unknown(program, change.role, "role", map(str, roles), of=f" in {change.team}")
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
                hint=f"{change.from_id} leads to {named(after) or 'nothing'}; "
                f"to {change.to_id} leads {named(before) or 'nothing'}",
            )
        gone |= _between(links, change)
    return rows_kept(links, ~gone)


def _between(links: pd.DataFrame, change: LinkRemoved) -> pd.Series:
    return (links["from_id"] == change.from_id) & (links["to_id"] == change.to_id)


def _closed(program: Program, keys: Iterable[str]) -> pd.DataFrame:
    risks = program.risks
    for key in keys:
        refuse_unknown(program, key, "risk", risks["risk_id"].tolist())
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
            refuse_unknown(program, change.team, "team", teams(program))
            ours &= (people["team"] == change.team).astype(bool)
        if change.country:
            countries = people["country"].dropna().unique().tolist()
            refuse_unknown(program, change.country, "country", countries)
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
    return below(program.absences, rows)
