"""A program: its validated tables, as known on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars, clock
from tpm_analytics.errors import ParameterError, TpmError
from tpm_analytics.program import history, known
from tpm_analytics.program import tables as t
from tpm_analytics.program.delivery import Delivery
from tpm_analytics.program.door import conform, without_rows
from tpm_analytics.program.keys import among
from tpm_analytics.program.scenario import Scenario
from tpm_analytics.program.workflow import Workflow

# Tables whose rows may lie in the future: people are hired ahead, and reserves drawn as planned
_AHEAD = frozenset({"people", "contingency"})


class _Door:
    """What only `Program.from_tables` passes; a class, so that a copy in another process is it."""


MIME = "application/vnd.tpm.program+json"


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """Made only by `from_tables`, so whoever holds one holds tables that were checked.

    Every table is an attribute under its name in `TABLES`; a table the source did not deliver is
    empty. Tables are shared, not copied: metrics never change what they are given. A what-if says
    in ``scenario`` what it assumes, and in ``before`` which program it departs from.
    """

    source: str
    as_of: pd.Timestamp
    time_zone: str
    workflow: Workflow
    notes: tuple[str, ...] = ()
    items: DataFrame[t.Items]
    transitions: DataFrame[t.Transitions]
    blocks: DataFrame[t.Blocks]
    sprints: DataFrame[t.Sprints]
    sprint_scope: DataFrame[t.SprintScope]
    links: DataFrame[t.Links]
    people: DataFrame[t.People]
    absences: DataFrame[t.Absences]
    allocations: DataFrame[t.Allocations]
    worklogs: DataFrame[t.Worklogs]
    activities: DataFrame[t.Activities]
    activity_demand: DataFrame[t.ActivityDemand]
    milestones: DataFrame[t.Milestones]
    milestone_forecasts: DataFrame[t.MilestoneForecasts]
    budget: DataFrame[t.Budget]
    risks: DataFrame[t.Risks]
    risk_history: DataFrame[t.RiskHistory]
    contingency: DataFrame[t.Contingency]
    deployments: DataFrame[t.Deployments]
    incidents: DataFrame[t.Incidents]
    objectives: DataFrame[t.Objectives]
    stakeholders: DataFrame[t.Stakeholders]
    actions: DataFrame[t.Actions]
    scenario: Scenario = field(default_factory=Scenario)
    before: Program | None = field(default=None, repr=False)
    _latest: Program | None = field(default=None, repr=False)
    _door: type[_Door] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self._door is not _Door:
            raise TpmError(
                "A program is made by Program.from_tables, which checks its tables.",
                hint="pass the tables as a mapping: Program.from_tables({'items': items})",
            )

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame] | Delivery,
        *,
        source: str = "tables",
        as_of: object = None,
        time_zone: str = "UTC",
        workflow: Workflow | None = None,
    ) -> Program:
        """Check every table against its declaration and derive what follows from transitions.

        Parameters
        ----------
        tables
            Tables by their name in `TABLES`, ``items`` at least; or what a reader delivered.
        source
            Where they come from, for error texts and the page's footer.
        as_of
            Day the program is to be seen from. Without it, the last day on which anything in
            the tables happened: an old export is not stale, it is old.
        time_zone
            IANA name of the zone whose days count.
        workflow
            Stages of the statuses. Without it they are inferred.

        Raises
        ------
        MissingColumnsError, InvalidTableError
            Naming table, rows and columns.
        ParameterError
            For a status that a given workflow does not map, an unknown table or time zone.

        Examples
        --------
        >>> items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
        >>> print(Program.from_tables({"items": items}))
        tables, 1 item, as of 2025-03-03
        """
        delivery = tables if isinstance(tables, Delivery) else Delivery(tables=tables)
        clock.zone(time_zone)
        checked = _checked(delivery, source, time_zone)
        used = _workflow_for(checked, delivery, workflow, source)
        derived = _derived(checked, used, time_zone)
        last = _last_day(derived, time_zone)
        if last is None and as_of is None:
            raise TpmError(
                f"{source}: nothing in it has a date, so no day to see it from can be found.",
                hint="add created_at to items, or pass as_of",
            )
        latest = cls(
            source=source,
            as_of=calendars.as_day(as_of) if last is None else last,
            time_zone=time_zone,
            workflow=used,
            notes=delivery.notes,
            **derived,
            _door=_Door,
        )
        return latest if as_of is None else latest.at(as_of)

    @property
    def latest(self) -> Program:
        """The program with all that its source delivered, on the last day it tells of."""
        return self._latest or self

    def at(self, day: object) -> Program:
        """Return the program as it was known at the end of `day`, in its own time zone.

        A later day is allowed: nothing more is known, but ages are counted up to it. The past of
        a what-if is what really was; what it assumes holds on its own day and later.

        Examples
        --------
        >>> items = pd.DataFrame({
        ...     "item_id": ["A-1"],
        ...     "created_at": ["2025-03-03T09:00Z"],
        ...     "finished_at": ["2025-03-07T09:00Z"],
        ... })
        >>> program = Program.from_tables({"items": items})
        >>> program.at("2025-03-05").items["finished_on"].notna().any()
        np.False_
        """
        latest = self.latest
        then = calendars.as_day(day)
        if self.before is not None:
            real = self.before.at(then)
            return real if then < self.as_of else replace(self, as_of=then, before=real)
        if then >= latest.as_of:
            return replace(latest, as_of=then, _latest=latest)
        tables = known.cut(latest.tables(), then, self.time_zone)
        derived = _derived(tables, self.workflow, self.time_zone)
        return replace(latest, as_of=then, _latest=latest, **derived)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, the empty ones too."""
        return {name: getattr(self, name) for name in t.TABLES}

    def has(self, *names: str) -> bool:
        """Whether each of these tables has a row."""
        return all(len(getattr(self, name)) for name in names)

    def only(self, *names: str) -> Program:
        """Return the program with these tables alone, for who asks what was known on many days.

        Examples
        --------
        >>> items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]})
        >>> Program.from_tables({"items": items}).only("risks").has("items")
        False
        """
        kept = {
            name: table if name in names else table.iloc[:0]
            for name, table in self.tables().items()
        }
        before = None if self.before is None else self.before.only(*names)
        latest = None if self._latest is None else self._latest.only(*names)
        return replace(self, before=before, _latest=latest, **kept)

    def team(self, name: str) -> Program:
        """Return the program with the items, sprints, people and activities of one team only.

        Of links, risks and all else that teams share, everything stays. An empty name is the
        whole program, so that a notebook's ``team`` parameter can be passed as it is. Raises
        `ParameterError` with the teams there are, if it has no such team.
        """
        if not name:
            return self
        owned = (self.items, self.sprints, self.people, self.activities)
        teams = sorted({team for table in owned for team in table["team"].dropna().unique()})
        if name not in teams:
            raise ParameterError(
                f"{self.source} has no team {name!r}.", hint=f"its teams: {', '.join(teams)}"
            )
        return _narrowed(self, name)

    def __str__(self) -> str:
        count = len(self.items)
        told = f"{self.source}, {count:,} item{'' if count == 1 else 's'}"
        assumed = "" if self.scenario.empty else f". {self.scenario}"
        return f"{told}, as of {self.as_of:%Y-%m-%d}{assumed}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Show the program as text, and tell a report engine what a run was about."""
        facts = {
            "source": self.source,
            "as_of": f"{self.as_of:%Y-%m-%d}",
            "data_until": f"{self.latest.as_of:%Y-%m-%d}",
            "time_zone": self.time_zone,
            "rows": {name: len(table) for name, table in self.tables().items() if len(table)},
            **({} if self.scenario.empty else {"assumed": str(self.scenario)}),
        }
        return {"text/plain": str(self), MIME: facts}


def _checked(delivery: Delivery, source: str, time_zone: str) -> dict[str, pd.DataFrame]:
    unknown = sorted(set(delivery.tables) - set(t.TABLES))
    if unknown:
        raise ParameterError(
            f"{source} delivers {', '.join(unknown)}, which is no table of the language.",
            hint=f"the tables are: {', '.join(t.TABLES)}",
        )
    if "items" not in delivery.tables:
        raise TpmError(
            f"{source} delivers no items table, and every figure starts from items.",
            hint="add a table named items, with a column item_id at least",
        )
    checked = {
        name: conform(
            table,
            delivery.tables[name],
            name=name,
            origin=delivery.origins.get(name, source),
            time_zone=time_zone,
        )
        if name in delivery.tables
        else _no_rows(name)
        for name, table in t.TABLES.items()
    }
    items = checked["items"]
    return {**checked, "items": items.assign(source_status=items["status"])}


@cache
def _no_rows(name: str) -> pd.DataFrame:
    """Return the table of that name without rows: checking nothing again takes longest of all."""
    return without_rows(t.TABLES[name], name)


def _workflow_for(
    tables: Mapping[str, pd.DataFrame],
    delivery: Delivery,
    workflow: Workflow | None,
    source: str,
) -> Workflow:
    used = [
        tables["items"]["status"],
        tables["transitions"]["from_status"],
        tables["transitions"]["to_status"],
    ]
    statuses = sorted({str(name) for series in used for name in series.cat.categories})
    if workflow is None:
        return Workflow.infer(statuses, delivery.categories)
    if unmapped := workflow.unmapped(statuses):
        raise ParameterError(
            f"{source}: the workflow puts {len(unmapped)} of its statuses in no stage: "
            f"{', '.join(repr(status) for status in unmapped)}.",
            hint="map each in [programs.NAME.workflow] of tpm.toml, as in "
            f'{unmapped[0]!r} = "active"',
        )
    return workflow


def _derived(
    tables: Mapping[str, pd.DataFrame], workflow: Workflow, time_zone: str
) -> dict[str, Any]:
    derived = dict(tables)
    if len(tables["transitions"]):
        derived |= _lived(tables["items"], tables["transitions"], workflow)
    return {name: _with_days(name, table, time_zone) for name, table in derived.items()}


def _lived(
    items: pd.DataFrame, transitions: pd.DataFrame, workflow: Workflow
) -> dict[str, pd.DataFrame]:
    """Transitions in order, and items with the status, start and finish that they tell."""
    transitions = history.with_creation(history.in_order(transitions), items)
    told = history.lifecycle(transitions, workflow, items["item_id"])
    moved = told["moved"]
    status = items["status"]
    if moved.any():
        names = status.cat.categories.union(told["status"].cat.categories)
        status = (
            told["status"].cat.set_categories(names).where(moved, status.cat.set_categories(names))
        )
    items = items.assign(
        status=status,
        started_at=told["started_at"].where(moved, items["started_at"]),
        finished_at=told["finished_at"].where(moved, items["finished_at"]),
    )
    return {"items": items, "transitions": transitions}


def _with_days(name: str, table: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    if table.empty:  # its days were told when it came through the door
        return table
    declared = t.TABLES[name].declared()
    instants = {column.removesuffix("_at") for column in declared if column.endswith("_at")}
    days = {
        f"{event}_on": calendars.day_of(table[f"{event}_at"], time_zone)
        for event in sorted(instants)
        if f"{event}_on" in declared
    }
    return table.assign(**days) if days else table


def _last_day(tables: Mapping[str, pd.DataFrame], time_zone: str) -> pd.Timestamp | None:
    """Last day on which anything happened: people and reserves are planned, all else is history."""
    days = []
    for name, table in tables.items():
        for column in t.TABLES[name].declared().values():
            last = table[column.name].max() if column.known and name not in _AHEAD else pd.NaT
            if pd.isna(last):
                continue
            if last.tzinfo is not None:
                last = last.tz_convert(clock.zone(time_zone)).tz_localize(None)
            days.append(last.normalize())
    return max(days).as_unit("us") if days else None


def _narrowed(program: Program, team: str) -> Program:
    items = _of(program.items, program.items["team"] == team)
    sprints = program.sprints
    scope = _of(program.sprint_scope, among(program.sprint_scope["item_id"], items["item_id"]))
    ours = (sprints["team"] == team) | among(sprints["sprint_id"], scope["sprint_id"])
    people = _of(program.people, program.people["team"] == team)
    narrowed: dict[str, Any] = {
        "items": items,
        "transitions": _of(
            program.transitions, among(program.transitions["item_id"], items["item_id"])
        ),
        "blocks": _of(program.blocks, among(program.blocks["item_id"], items["item_id"])),
        "sprints": _of(sprints, ours),
        "sprint_scope": scope,
        "people": people,
        **{
            name: _of(table, among(table["person_id"], people["person_id"]))
            for name, table in program.tables().items()
            if name in {"absences", "allocations", "worklogs"}
        },
        "activities": _of(program.activities, program.activities["team"] == team),
    }
    latest = None if program._latest is None else _narrowed(program._latest, team)
    before = None if program.before is None else _narrowed(program.before, team)
    return replace(program, _latest=latest, before=before, **narrowed)


def _of(table: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    return table[rows.fillna(False).astype(bool)].reset_index(drop=True)  # noqa: FBT003
