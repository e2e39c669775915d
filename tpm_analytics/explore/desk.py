"""The desk of the explore notebook: what was moved is asked, and the answers are shown."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from math import inf
from time import perf_counter
from typing import Any

from tpm_analytics import workspace
from tpm_analytics.errors import ParameterError, TpmError
from tpm_analytics.explore.answers import Wish, answers
from tpm_analytics.explore.choices import Choices, choices
from tpm_analytics.explore.controls import Controls, controls
from tpm_analytics.explore.layout import Views, views
from tpm_analytics.explore.memory import Memory
from tpm_analytics.explore.panels import panels
from tpm_analytics.metrics.resources.groups import Show
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import UNNAMED, Scenario
from tpm_analytics.program.what_if import applied
from tpm_analytics.sources.load import load
from tpm_analytics.sources.scenario import write_scenario

FOLDER = "scenarios"
# Moves that come faster than this are answered together, the last one counting
PAUSE_SECONDS = 0.02
# A save waits until nothing has come from the browser for so long, but not for ever; what comes
# a little later was on its way all the same, and is saved too
SETTLED_SECONDS, MOST_TRIES, LATE_SECONDS = 0.3, 10, 3.0
# Teams are asked ahead while nobody moves anything, one after another, and only where none takes
# so long that a move would have to wait for it
IDLE_SECONDS, LONGEST_SECONDS = 0.5, 0.3
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class Desk:
    """The widgets, the program they are about, and what was answered lately.

    JupyterLab lets widgets speak to a thread of their own, beside the one that ran the cell: a
    lock keeps what both would do at once in a row.
    """

    def __init__(self, program: Program, *, team: str = "", show: Show = "grouped") -> None:
        found = workspace.find()
        names = {program.source, *(found.programs if found else ())}
        self.views: Views = views(sorted(names), program.source)
        self._answering: asyncio.TimerHandle | None = None
        self._heard_at = self._saved_at = -inf
        self._lock = threading.RLock()
        self._show: Show = show
        self._busy = False
        self._seat(program, team)
        self.views.program.observe(lambda _: self._load(""), names="value")
        self.views.day.observe(lambda _: self._load(str(self.views.day.value or "")), names="value")
        self.views.team.observe(self._narrow, names="value")
        self.views.name.observe(self._note, names="value")
        self.views.reset.on_click(lambda _: self.reset())
        self.views.save.on_click(lambda _: self._save_soon())
        self.answer()

    def hear(self, _: object = None) -> None:
        """Answer soon: moves that follow one another at once are answered together."""
        if self._busy:
            return
        self._note()
        if not self._late():
            self.views.hush()
        if self._answering is not None:
            self._answering.cancel()
        self._answering = _later(PAUSE_SECONDS, self.answer)
        if self._answering is None:
            self.answer()

    def _note(self, _: object = None) -> None:
        self._heard_at = perf_counter()

    def _late(self) -> bool:
        """Whether what was heard last was on its way when it was saved."""
        return 0 < self._heard_at - self._saved_at < LATE_SECONDS

    def ask_ahead(self) -> bool:
        """Ask one more team how it is, so that it answers sooner when chosen; False if all are."""
        # what is wrong with a team is told when it is chosen
        with self._lock, suppress(TpmError):
            if not self._unasked:
                return False
            answers(self.program, Wish(team=self._unasked.pop(0)), self.today)
        return True

    def scenario(self) -> Scenario:
        """Return what the widgets say."""
        named = self.views.name.value.strip() or UNNAMED
        return self.controls.scenario(name=named, team=self.views.team.value)

    def answer(self) -> None:
        """Ask the program as it is and as the widgets say, and show what is new."""
        self._answering = None
        with self._lock:
            try:
                self._show_answers(Wish(team=self.views.team.value), self.scenario())
            except TpmError as error:
                self.views.refuse(error)
        if self._late():
            self.save()
        _later(IDLE_SECONDS, self._idle)

    def _show_answers(self, wish: Wish, scenario: Scenario) -> None:
        today = answers(self.program, wish, self.today)
        changed = applied(scenario, self.program)
        other = None if scenario.empty else answers(changed, wish, self.memory)
        told = panels(today, other, wish, self.memory)
        for view, panel in zip(self.views.panels, told, strict=True):
            view.show(panel)
        self.views.say(str(scenario))

    def _idle(self) -> None:
        began = perf_counter()
        # a move that waits is answered first, and what is idle begins anew after it
        asked = self._answering is None and self.ask_ahead()
        if asked and perf_counter() - began < LONGEST_SECONDS:
            _later(IDLE_SECONDS, self._idle)

    def reset(self) -> None:
        """Make nothing otherwise any more."""
        self._busy = True
        self.controls.reset()
        self._busy = False
        self.answer()

    def save(self) -> None:
        """Write the scenario to a file of the workspace, and say how to make reports of it."""
        try:
            place = self._place()
            write_scenario(self.scenario(), place)
        except TpmError as error:
            self.views.refuse(error)
            return
        self.views.tell(
            f"Saved as {place}. This makes reports of it:", f"tpm run --scenario {place}"
        )

    def _save_soon(self, tries: int = MOST_TRIES) -> None:
        """Save once nothing is on its way any more.

        A browser holds back what a widget says next until the kernel is done with what it said
        before, and a click overtakes that: the last step of a slider.
        """
        due = perf_counter() + SETTLED_SECONDS

        def settled() -> None:
            # while this kernel was busy answering, it heard nothing: then it waits once more
            busy = perf_counter() > due + PAUSE_SECONDS
            if tries and (busy or self._heard_at > due - SETTLED_SECONDS):
                self._save_soon(tries - 1)
                return
            self._saved_at = perf_counter()
            self.save()

        if _later(SETTLED_SECONDS, settled) is None:
            self.save()

    def _place(self) -> str:
        if self.scenario().empty:
            raise ParameterError("Nothing is otherwise yet.", hint="move a slider, then save")
        stem = _NOT_IN_NAMES.sub("-", self.views.name.value.casefold()).strip("-")
        if not stem:
            raise ParameterError(
                "The scenario has no name.", hint="type one beside the button, such as two more"
            )
        return f"{FOLDER}/{stem}.toml"

    def _narrow(self, _: object) -> None:
        """Look at one team: what is added goes to it too."""
        to, team = self.controls.added_to, self.views.team.value
        if team in self.controls.choices.cut and not self._busy:
            self._busy = True
            to.value = team
            self._busy = False
        self.hear()

    def _load(self, as_of: str) -> None:
        if self._busy:
            return
        self.views.hush()
        try:
            program = load(self.views.program.value, as_of=as_of or None)
            with self._lock:
                self._seat(program, "")
        except TpmError as error:
            self.views.refuse(error)
            return
        self.answer()

    def _seat(self, program: Program, team: str) -> None:
        """Sit down to a program: nothing is otherwise yet."""
        self._busy = True
        self.program, self.today = program, Memory(kept=None)
        self.memory = Memory(behind=self.today)
        offered: Choices = choices(program, show=self._show)
        self.controls: Controls = controls(offered)
        self.controls.observe(self.hear)
        self.views.place(self.controls)
        self.views.day.value = program.as_of.date()
        teams = sorted({*offered.teams, *offered.cut, *([team] if team else [])})
        self.views.team.options = [("all teams", ""), *((name, name) for name in teams)]
        self.views.team.value = team
        self._unasked = teams
        self._busy = False


def _later(seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle | None:
    """Call after so long; None where there is no loop to wait in."""
    try:
        return asyncio.get_running_loop().call_later(seconds, call)
    except RuntimeError:
        return None


def dashboard(program: Program, *, team: str = "", show: Show = "grouped") -> Any:
    """Sliders and toggles of a what-if, and what the program answers to them.

    Parameters
    ----------
    program
        What to begin with; any other of the workspace can be chosen on the desk.
    team
        One team; empty for all.
    show
        ``"named"`` offers single persons who may leave; ``"grouped"`` a role of a team.

    Returns
    -------
    ipywidgets.VBox
        For the last line of a cell.

    Raises
    ------
    ParameterError
        For another `show`.
    """
    return Desk(program, team=team, show=show).views.box
