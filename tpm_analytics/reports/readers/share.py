"""From a finished run to its readers: who is let in, what is told of failures, delivery."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tpm_analytics import secrets
from tpm_analytics.errors import ParameterError, TpmError
from tpm_analytics.reports import publish, publishers
from tpm_analytics.reports.catalogue import ReportDefinition
from tpm_analytics.reports.failure import RunError
from tpm_analytics.reports.ledger import receipt
from tpm_analytics.reports.publishers import Settings, retry
from tpm_analytics.reports.publishers.folder import ROOT
from tpm_analytics.reports.publishers.parcel import EMAIL_TWIN, PDF_FILE
from tpm_analytics.reports.readers import audience, guard
from tpm_analytics.reports.readers.guard import Guard
from tpm_analytics.reports.sharing import EMAIL, PDF, Destination, Sharing, SharingError
from tpm_analytics.workspace import Workspace

DELIVERED = f"{publish.STATE}/delivered.json"
_PSEUDONYM = re.compile(r"Team [0-9a-f]+|")


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """How the delivery to one address went.

    Attributes
    ----------
    to
        The address, without what must not be told.
    said
        What was done.
    error
        Why it was not done; empty if it was.
    """

    to: str
    said: str = ""
    error: str = ""


def admit(
    definition: ReportDefinition, workspace: Workspace, parameters: Mapping[str, Any]
) -> None:
    """Refuse a run that could not be kept inside, before anything is written.

    Raises
    ------
    SharingError
        If the report's folder is a link out of the output folder, or a team that is to be hidden
        is named.
    ParameterError
        If a parameter holds the value of a secret.
    """
    output = workspace.output.resolve()
    if (output / definition.name).resolve() != output / definition.name:
        raise SharingError(
            f"{workspace.output / definition.name} is a link to elsewhere: nothing is written "
            "through it.",
            hint="put a folder in its place",
        )
    held = guard.guard(workspace, dict(parameters))
    for name, value in parameters.items():
        if found := held.shown(guard.strings([value])):
            raise ParameterError(
                f"{name} holds the value of the secret {found[0]}, which a notebook would show.",
                hint=f"write {name} = secret:{found[0]}",
            )
    team = str(parameters.get("team") or "")
    if "teams" in definition.sharing.hide and not _PSEUDONYM.fullmatch(team):
        raise SharingError(
            f"The report {definition.name} hides teams, and its parameter team names one.",
            hint="name the team by its pseudonym, as the report of all teams shows it",
        )


def complete(folder: Path, sharing: Sharing) -> bool:
    """Whether every format that is wanted lies in `folder`."""
    names = {EMAIL: EMAIL_TWIN, PDF: PDF_FILE}
    return all((folder / names[each]).is_file() for each in sharing.formats if each in names)


def told(
    error: RunError, problem: BaseException, definition: ReportDefinition, workspace: Workspace
) -> RunError:
    """Return an error as it may be written down and shown to the report's readers."""
    safe = audience.told(error, problem, definition.sharing, definition.notebook.name)
    held = guard.of_report(definition, workspace)
    message, hint = held.redact(safe.message), safe.hint and held.redact(safe.hint)
    if held.shown([message, hint or ""]):
        message, hint = f"{definition.notebook.name} failed, and its error shows a secret.", None
    if (message, hint) == (error.message, error.hint):
        return error
    return RunError(message, outcome=error.outcome, hint=hint)


def deliver(
    definition: ReportDefinition,
    workspace: Workspace,
    *,
    sleep: Callable[[float], None] | None = None,
) -> tuple[Delivered, ...]:
    """Bring the last good run to every place that does not have it yet.

    What was delivered is written down beside the page, so that a delivery that failed is made up
    for by the next run, even one that finds nothing changed. One that fails stops no other.

    Parameters
    ----------
    definition, workspace
        The report, whose page lies in the output folder.
    sleep
        Waits between tries.
    """
    folder = workspace.output / definition.name
    good = receipt.of(folder)
    if good is None or not definition.sharing.publish:
        return ()
    delivered = _delivered(folder)
    held = guard.of_report(definition, workspace)
    done = []
    for destination in definition.sharing.publish:
        key = _key(destination)
        if delivered.get(key) == good.published:
            continue
        chance = Random(f"{definition.name} {good.published} {key}")
        one = _brought(definition, workspace, destination, held, chance, sleep)
        done.append(one)
        if not one.error:
            delivered[key] = good.published
            with contextlib.suppress(OSError):  # it would only be delivered once more
                publish.write(folder / DELIVERED, json.dumps(delivered, indent=1))
    return tuple(done)


def _brought(
    definition: ReportDefinition,
    workspace: Workspace,
    destination: Destination,
    held: Guard,
    chance: Random,
    sleep: Callable[[float], None] | None,
) -> Delivered:
    from tpm_analytics.reports.readers import formats  # takes long, and most runs go nowhere

    shown = _shown(destination.to)
    try:
        to = secrets.resolve(destination.to)
        publishers.check(to, destination.settings)
        settings = {**_resolved(destination.settings), ROOT: str(workspace.root)}
        parcel = formats.parcel(definition, workspace.output / definition.name, to)
        send = publishers.publisher(to)
        said = retry.retried(lambda: send(parcel, settings), chance=chance, sleep=sleep)
    except TpmError as error:
        return Delivered(to=shown, error=held.redact(str(error)))
    except Exception as error:  # a publisher of another package may raise whatever it likes
        return Delivered(to=shown, error=held.redact(f"{type(error).__name__}: {error}"))
    return Delivered(to=shown, said=held.redact(said))


def _shown(address: str) -> str:
    """The address as it may be printed: the path of a webhook is its key."""
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"} or "@" in parts.netloc:
        return f"{parts.scheme}://{parts.hostname}"
    return address


def _resolved(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, str):
            found[key] = secrets.resolve(value)
        else:
            found[key] = _resolved(value) if isinstance(value, dict) else value
    return found


def _key(destination: Destination) -> str:
    said = json.dumps([destination.to, dict(destination.settings)], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _delivered(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / DELIVERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
