"""Sliders and toggles of a scenario, and the scenario that they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import ipywidgets as widgets
import pandas as pd

from tpm_analytics.explore.choices import ALL_HISTORY, Choices
from tpm_analytics.program.scenario import (
    Holiday,
    LinkRemoved,
    PeopleAdded,
    PeopleLeaving,
    Scenario,
    ScopeAdded,
    ScopeCut,
)

MOST_PEOPLE_ADDED = 5
MOST_DAYS_OFF = 10
CUT_STEP = 5
# A fortnight: what is known of so late can still be planned for
NOTICE_DAYS = 14
# Two years of a team
MOST_ITEMS_ADDED = 1_000
NOBODY = ""
_FULL = {"width": "auto", "min_width": "0"}
_WIDE = {"description_width": "130px"}


@dataclass(frozen=True, eq=False)
class Controls:
    """The widgets that say a scenario.

    Attributes
    ----------
    choices
        What they choose from.
    weeks, cut, added, added_to
        Weeks of the past, share of open work cut in percent, items added and to which team.
    people, since
        People by team, and the day from which they join or leave.
    joins, joins_on, leaves, leaves_on
        One of a role who joins, one of a role or a person who leaves, and on which days.
    days_off, off_on
        Days off for all, and the first of them.
    risks, links
        Toggles by what they are called.
    """

    choices: Choices
    weeks: Any
    cut: Any
    added: Any
    added_to: Any
    people: dict[str, Any]
    since: Any
    joins: Any
    joins_on: Any
    leaves: Any
    leaves_on: Any
    days_off: Any
    off_on: Any
    risks: dict[str, Any]
    links: dict[str, Any]

    def every(self) -> Iterator[Any]:
        """All of the widgets."""
        yield from (self.weeks, self.cut, self.added, self.added_to, self.since)
        yield from (self.joins, self.joins_on, self.leaves, self.leaves_on)
        yield from (self.days_off, self.off_on)
        for group in (self.people, self.risks, self.links):
            yield from group.values()

    def observe(self, hear: Callable[[Any], None]) -> None:
        """Call `hear` when any of the widgets is moved."""
        for widget in self.every():
            widget.observe(hear, names="value")

    def reset(self) -> None:
        """Put every widget where it says that nothing is otherwise."""
        self.weeks.value = ALL_HISTORY
        since, self.off_on.value = _first_days(self.choices)
        for day in (self.since, self.joins_on, self.leaves_on):
            day.value = since
        for picker in (self.joins, self.leaves):
            picker.value = NOBODY
        for number in (self.cut, self.added, self.days_off, *self.people.values()):
            number.value = 0
        for box in (*self.risks.values(), *self.links.values()):
            box.value = False

    def scenario(self, *, name: str, team: str = "") -> Scenario:
        """Return what the widgets say; scope is cut of `team`, or of every team."""
        cut = [team] if team else self.choices.cut
        return Scenario(
            name=name,
            people_added=(*self._joining(), *self._one_joining()),
            people_leaving=(*self._leaving(), *self._one_leaving()),
            scope_cut=tuple(
                ScopeCut(team=one, share=self.cut.value / 100)
                for one in cut
                if self.cut.value and one in self.choices.cut
            ),
            scope_added=(
                (ScopeAdded(team=self.added_to.value, items=self.added.value),)
                if self.added.value and self.added_to.value
                else ()
            ),
            risks_closed=tuple(
                self.choices.risks[name] for name, box in self.risks.items() if box.value
            ),
            links_removed=tuple(
                LinkRemoved(from_id=ends[0], to_id=ends[1])
                for name, ends in self.choices.links.items()
                if self.links[name].value
            ),
            holidays=tuple(Holiday(day_on=day) for day in self._days_off()),
            history_weeks=int(self.weeks.value),
        )

    def _on(self, picker: Any) -> date:
        """Return the day of a picker; tomorrow where it was emptied."""
        day: date = picker.value or self.choices.tomorrow.date()
        return day

    def _joining(self) -> Iterator[PeopleAdded]:
        for team, slider in self.people.items():
            if slider.value > 0:
                on = self._on(self.since)
                yield PeopleAdded(team=team, joined_on=on, count=int(slider.value))

    def _one_joining(self) -> Iterator[PeopleAdded]:
        if self.joins.value:
            team, role = self.choices.roles[self.joins.value]
            yield PeopleAdded(team=team, role=role, joined_on=self._on(self.joins_on))

    def _leaving(self) -> Iterator[PeopleLeaving]:
        for team, slider in self.people.items():
            if slider.value < 0:
                on = self._on(self.since)
                yield PeopleLeaving(team=team, left_on=on, count=-int(slider.value))

    def _one_leaving(self) -> Iterator[PeopleLeaving]:
        who, on = self.leaves.value, self._on(self.leaves_on)
        if who in self.choices.persons:
            yield PeopleLeaving(person_id=self.choices.persons[who], left_on=on)
        elif who:
            team, role = self.choices.roles[who]
            yield PeopleLeaving(team=team, role=role, left_on=on)

    def _days_off(self) -> list[Any]:
        if not self.days_off.value or self.off_on.value is None:
            return []
        days = self.choices.workdays
        off = days[days >= pd.Timestamp(self.off_on.value)][: self.days_off.value]
        return [day.date() for day in off]


def controls(choices: Choices) -> Controls:
    """Make the widgets, each where it says that nothing is otherwise."""
    since, off_on = _first_days(choices)
    return Controls(
        choices=choices,
        weeks=widgets.SelectionSlider(
            options=[
                ("all of it" if weeks == ALL_HISTORY else f"{weeks} weeks", weeks)
                for weeks in choices.weeks
            ],
            value=ALL_HISTORY,
            description="Learn from the past",
            disabled=len(choices.weeks) == 1,
            **_slider(),
        ),
        cut=widgets.IntSlider(
            value=0,
            max=100,
            step=CUT_STEP,
            description="Open work cut, %",
            disabled=not choices.cut,
            **_slider(),
        ),
        added=widgets.BoundedIntText(
            value=0,
            max=MOST_ITEMS_ADDED,
            description="Items added",
            disabled=not choices.cut,
            layout=_FULL,
            style=_WIDE,
        ),
        added_to=_picker("Added to", _same(choices.cut)),
        people={
            team: widgets.IntSlider(
                value=0, min=-size, max=MOST_PEOPLE_ADDED, description=team, **_slider()
            )
            for team, size in choices.teams.items()
        },
        since=_day("From", since),
        joins=_picker("One joins", {"nobody": NOBODY, **_same(choices.roles)}),
        joins_on=_day("On", since),
        leaves=_picker(
            "One leaves",
            {"nobody": NOBODY, **_same(choices.roles), **_same(choices.persons)},
        ),
        leaves_on=_day("Last day of work", since),
        days_off=widgets.IntSlider(
            value=0,
            max=MOST_DAYS_OFF,
            description="Days off for all",
            disabled=choices.workdays.empty,
            **_slider(),
        ),
        off_on=_day("The first of them", off_on),
        risks={name: _toggle(name) for name in choices.risks},
        links={name: _toggle(name) for name in choices.links},
    )


def _first_days(choices: Choices) -> tuple[date, date]:
    """Tomorrow, and a Monday that leaves some time to plan for days off."""
    soon = choices.tomorrow + pd.Timedelta(days=NOTICE_DAYS)
    monday = soon + pd.Timedelta(days=-soon.weekday() % 7)
    return choices.tomorrow.date(), monday.date()


def _slider() -> dict[str, Any]:
    # a dragged slider would ask at each step on its way; this one asks where it is let go
    return {"continuous_update": False, "layout": _FULL, "style": _WIDE}


def _day(description: str, day: date) -> Any:
    return widgets.DatePicker(value=day, description=description, layout=_FULL, style=_WIDE)


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _picker(description: str, options: dict[str, str]) -> Any:
    return widgets.Dropdown(
        options=list(options.items()),
        description=description,
        disabled=len(options) < 2,
        layout=_FULL,
        style=_WIDE,
    )


def _toggle(name: str) -> Any:
    return widgets.Checkbox(value=False, description=name, tooltip=name, indent=False, layout=_FULL)
