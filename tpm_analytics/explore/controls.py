"""Sliders and toggles of a scenario, and the scenario that they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    ScopeCut,
)

MOST_PEOPLE_ADDED = 5
MOST_DAYS_OFF = 10
CUT_STEP = 5
# A fortnight: what is known of so late can still be planned for
NOTICE_DAYS = 14
_FULL = {"width": "auto", "min_width": "0"}
_WIDE = {"description_width": "130px"}


@dataclass(frozen=True, eq=False)
class Controls:
    """The widgets that say a scenario.

    Attributes
    ----------
    choices
        What they choose from.
    weeks, cut, people, since, days_off, off_on, risks, links
        Weeks of the past, share of open work cut in percent, people by team, day from which
        people join or leave, days off and the first of them, toggles by what they are called.
    """

    choices: Choices
    weeks: Any
    cut: Any
    people: dict[str, Any]
    since: Any
    days_off: Any
    off_on: Any
    risks: dict[str, Any]
    links: dict[str, Any]

    def every(self) -> Iterator[Any]:
        """All of the widgets."""
        yield from (self.weeks, self.cut, self.since, self.days_off, self.off_on)
        for group in (self.people, self.risks, self.links):
            yield from group.values()

    def observe(self, hear: Callable[[Any], None]) -> None:
        """Call `hear` when any of the widgets is moved."""
        for widget in self.every():
            widget.observe(hear, names="value")

    def reset(self) -> None:
        """Put every widget where it says that nothing is otherwise."""
        self.weeks.value = ALL_HISTORY
        self.since.value, self.off_on.value = _first_days(self.choices)
        for slider in (self.cut, self.days_off, *self.people.values()):
            slider.value = 0
        for box in (*self.risks.values(), *self.links.values()):
            box.value = False

    def scenario(self, *, name: str, team: str = "") -> Scenario:
        """Return what the widgets say; scope is cut of `team`, or of every team."""
        since = self.since.value or self.choices.tomorrow.date()
        moved = {team: int(slider.value) for team, slider in self.people.items()}
        cut = [team] if team else self.choices.cut
        return Scenario(
            name=name,
            people_added=tuple(
                PeopleAdded(team=team, joined_on=since, count=count)
                for team, count in moved.items()
                if count > 0
            ),
            people_leaving=tuple(
                PeopleLeaving(team=team, left_on=since, count=-count)
                for team, count in moved.items()
                if count < 0
            ),
            scope_cut=tuple(
                ScopeCut(team=one, share=self.cut.value / 100)
                for one in cut
                if self.cut.value and one in self.choices.cut
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

    def _days_off(self) -> list[Any]:
        if not self.days_off.value or self.off_on.value is None:
            return []
        days = pd.bdate_range(self.off_on.value, periods=self.days_off.value)
        return [day.date() for day in days]


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
        people={
            team: widgets.IntSlider(
                value=0, min=-size, max=MOST_PEOPLE_ADDED, description=team, **_slider()
            )
            for team, size in choices.teams.items()
        },
        since=_day("From", since),
        days_off=widgets.IntSlider(
            value=0,
            max=MOST_DAYS_OFF,
            description="Days off for all",
            disabled=not choices.people,
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


def _toggle(name: str) -> Any:
    return widgets.Checkbox(value=False, description=name, tooltip=name, indent=False, layout=_FULL)
