"""Statuses of a tracker mapped to the four stages of work, in the order work passes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import pandas as pd

from tpm_analytics.errors import ParameterError, meant

Stage = Literal["backlog", "waiting", "active", "done"]
STAGES: tuple[Stage, ...] = get_args(Stage)

_NAMES: dict[Stage, frozenset[str]] = {
    "backlog": frozenset({"backlog", "new", "open", "to do", "todo", "reopened", "proposed"}),
    "waiting": frozenset({"ready", "selected for development", "waiting", "on hold", "blocked"}),
    "active": frozenset(
        {"in progress", "in development", "in review", "review", "code review", "in test"}
    ),
    "done": frozenset({"done", "closed", "resolved", "finished", "cancelled", "won't do"}),
}


@dataclass(frozen=True)
class Workflow:
    """Which stage each status belongs to; the order given is the order work passes them.

    Examples
    --------
    >>> workflow = Workflow({"To Do": "backlog", "Doing": "active", "Done": "done"})
    >>> workflow.stage_of("Doing")
    'active'
    >>> print(workflow)
    backlog: To Do; active: Doing; done: Done
    """

    stages: Mapping[str, Stage]
    inferred: bool = False
    unknown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for status, stage in self.stages.items():
            if stage not in STAGES:
                raise ParameterError(
                    f"Workflow maps status {status!r} to {stage!r}.{meant(stage, STAGES)}",
                    hint=f"a stage is one of: {', '.join(STAGES)}",
                )

    @classmethod
    def infer(cls, statuses: Iterable[str], categories: Mapping[str, str] | None = None) -> Self:
        """Map each status by the tracker's own category, else by its name, else to ``waiting``.

        A status that neither tells of counts as ``waiting``, because entering it neither starts
        nor finishes an item; `unknown` holds those. ``tpm check`` prints the whole inference.
        """
        told = {name.strip(): stage for name, stage in (categories or {}).items()}
        guessed = {status: _guess(status, told.get(status)) for status in statuses}
        stages: dict[str, Stage] = {status: stage or "waiting" for status, stage in guessed.items()}
        ordered = sorted(stages, key=lambda status: STAGES.index(stages[status]))
        return cls(
            {status: stages[status] for status in ordered},
            inferred=True,
            unknown=tuple(status for status in ordered if guessed[status] is None),
        )

    def unmapped(self, statuses: Iterable[str]) -> list[str]:
        """Statuses that this workflow puts in no stage, in the order given."""
        return [status for status in statuses if status not in self.stages]

    def stage_of(self, status: str) -> Stage:
        """Stage of `status`; raises `ParameterError` if the workflow does not map it."""
        try:
            return self.stages[status]
        except KeyError:
            raise ParameterError(
                f"Status {status!r} is in no stage of the workflow.",
                hint="map it in [programs.NAME.workflow] of tpm.toml",
            ) from None

    def codes(self, statuses: pd.Series) -> np.ndarray:
        """Stage of each status as its position in `STAGES`; -1 where the status is NA.

        ``statuses`` is categorical, so a stage is looked up once a status, not once a row.
        """
        table = [STAGES.index(self.stage_of(name)) for name in statuses.cat.categories]
        stages: np.ndarray = np.array([*table, -1], dtype=np.int8)[statuses.cat.codes.to_numpy()]
        return stages

    def __str__(self) -> str:
        parts = []
        for stage in STAGES:
            names = [status for status, held in self.stages.items() if held == stage]
            if names:
                parts.append(f"{stage}: {', '.join(names)}")
        return "; ".join(parts)


def _guess(status: str, category: str | None) -> Stage | None:
    if category in STAGES:
        return category
    plain = status.strip().casefold()
    return next((stage for stage, names in _NAMES.items() if plain in names), None)
