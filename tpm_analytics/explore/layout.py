"""How the desk looks: what to look at on top, sliders beside the answers, or above them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from tpm_analytics.explore.controls import Controls
from tpm_analytics.explore.panels import QUESTIONS, Panel
from tpm_analytics.explore.pictures import COLOURS

_STYLE = """<style>
.tpm-desk {font-size: 14px; line-height: 1.45; overflow: hidden}
.tpm-desk h3 {font-size: 13px; font-weight: 600; margin: 10px 0 2px; line-height: 1.3}
.tpm-desk p {margin: 0 0 6px; white-space: normal}
.tpm-panel .widget-html-content, .tpm-note .widget-html-content {line-height: 1.45; width: 100%}
.tpm-panel h3 {font-size: 15px}
.tpm-panel svg {width: 100%; height: auto; display: block; overflow: visible}
@media (max-width: 700px) {.tpm-moves {max-height: 40vh; overflow-y: auto}}
.tpm-desk .widget-checkbox label {overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
.tpm-swatch {display: inline-block; width: 12px; height: 12px; border-radius: 2px;
  margin: 0 5px 0 12px; vertical-align: -1px}
.tpm-wrong {color: #b00020}
</style>"""
_LEFT = widgets.Layout(flex="1 1 300px", max_width="420px", min_width="0", padding="0 20px 0 0")
_RIGHT = widgets.Layout(
    flex="3 1 340px", min_width="0", display="flex", flex_flow="row wrap", align_items="flex-start"
)
_PANEL = widgets.Layout(flex="1 1 330px", min_width="0", max_width="460px", padding="0 16px 0 10px")
_ROW = widgets.Layout(display="flex", flex_flow="row wrap", align_items="center", width="100%")
_WRAPPED = {"display": "flex", "flex_flow": "row wrap", "align_items": "flex-start"}
_TOP = {"width": "270px", "min_width": "0"}


@dataclass(frozen=True, eq=False)
class PanelView:
    """Where an answer stands."""

    widget: Any

    def show(self, panel: Panel) -> None:
        """Show an answer; what is shown already is not sent again."""
        self.widget.value = panel.html()


@dataclass(frozen=True, eq=False)
class Views:
    """All widgets of the desk but those of the scenario, which depend on the program."""

    box: Any
    program: Any
    day: Any
    team: Any
    moved: Any
    said: Any
    panels: Sequence[PanelView]
    name: Any
    save: Any
    reset: Any
    told: Any

    def place(self, controls: Controls) -> None:
        """Put the widgets of a scenario in their place."""
        self.moved.children = list(_sections(controls))

    def say(self, words: str) -> None:
        """Say what is assumed."""
        self.said.value = f"<p>{html.escape(words)}</p>"

    def hush(self) -> None:
        """Take back what was told: something was moved since."""
        self.told.value = ""

    def tell(self, words: str, *commands: str) -> None:
        """Say what became of it, and which commands follow from that."""
        lines = "".join(f"<pre>{html.escape(command)}</pre>" for command in commands)
        self.told.value = f"<p>{html.escape(words)}</p>{lines}"

    def refuse(self, error: Exception) -> None:
        """Say what is wrong, and what to do about it."""
        self.told.value = f'<p class="tpm-wrong">{html.escape(str(error))}</p>'


def views(programs: Sequence[str], program: str) -> Views:
    """Make the widgets; `programs` are the names to choose from."""
    chosen = widgets.Dropdown(options=list(programs), value=program, description="Program")
    team = widgets.Dropdown(options=[("all teams", "")], description="Team")
    day = widgets.DatePicker(description="Seen from")
    for widget in (chosen, team, day):
        widget.layout = widgets.Layout(**_TOP)
    shown = [PanelView(_html("tpm-panel", _PANEL)) for _ in QUESTIONS]
    # said as a whole when the pointer leaves it: letter by letter, the last ones come after a click
    name = widgets.Text(
        placeholder="name of the scenario",
        continuous_update=False,
        layout=widgets.Layout(width="180px"),
    )
    save = widgets.Button(description="Save scenario", button_style="primary")
    reset = widgets.Button(description="Reset")
    said, told = _html("tpm-note"), _html("tpm-note")
    moved = widgets.VBox(layout=widgets.Layout(width="100%"))
    right = widgets.Box([view.widget for view in shown], layout=_RIGHT)
    left = widgets.VBox([moved], layout=_LEFT)
    left.add_class("tpm-moves")
    box = widgets.VBox(
        [
            widgets.HTML(_STYLE),
            widgets.Box([chosen, team, day], layout=_ROW),
            widgets.Box([reset, name, save, _legend()], layout=_ROW),
            told,
            widgets.Box([left, right], layout=widgets.Layout(**_WRAPPED)),
            said,
        ]
    )
    box.add_class("tpm-desk")
    return Views(box, chosen, day, team, moved, said, shown, name, save, reset, told)


def _sections(controls: Controls) -> list[Any]:
    choices = controls.choices
    parts: list[Any] = [_heading("The past"), controls.weeks]
    parts += [_heading("Scope"), controls.cut, controls.added, controls.added_to]
    parts += [_heading("People who join (+) or leave (−)")]
    parts += (
        [*controls.people.values(), controls.since]
        if choices.teams
        else [_note("The source tells nobody of a team.")]
    )
    if choices.roles or choices.persons:
        parts += [_heading("One who joins, one who leaves"), controls.joins, controls.joins_on]
        parts += [controls.leaves, controls.leaves_on]
    parts += [_heading("Days off"), controls.days_off, controls.off_on]
    parts += [_heading("Risks closed")]
    parts += list(controls.risks.values()) or [_note("The source tells no open risk.")]
    parts += [_heading("Dependencies removed")]
    parts += list(controls.links.values()) or [
        _note("The source tells no links between open activities or epics.")
    ]
    return parts


def _heading(words: str) -> Any:
    return widgets.HTML(f"<h3>{html.escape(words)}</h3>")


def _note(words: str) -> Any:
    return widgets.HTML(f"<p>{html.escape(words)}</p>")


def _legend() -> Any:
    swatches = "".join(
        f'<span class="tpm-swatch" style="background:{colour}"></span>{html.escape(name)}'
        for name, colour in COLOURS.items()
    )
    return widgets.HTML(f"<p>{swatches}</p>")


def _html(style: str, layout: Any = None) -> Any:
    made = widgets.HTML(layout=layout or widgets.Layout(width="100%"))
    made.add_class(style)
    return made
