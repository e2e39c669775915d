"""How a report is shared, as `tpm.toml` says it: formats, readers, and where it is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tpm_analytics.errors import ReportError, TpmError, WorkspaceError, meant
from tpm_analytics.reports import publishers
from tpm_analytics.reports.publishers.parcel import Settings
from tpm_analytics.workspace import EXTERNAL, Workspace

TEAM, EXECUTIVE = "team", "executive"
AUDIENCES = (TEAM, EXECUTIVE, EXTERNAL)
PAGE, NOTEBOOK, PDF, EMAIL = "page", "notebook", "pdf", "email"
FORMATS = (PAGE, NOTEBOOK, PDF, EMAIL)
HIDEABLE = ("teams", "workstreams", "releases", "services")
KEYS = ("formats", "audience", "hide", "publish")


class SharingError(ReportError):
    """A report was made but may or can not be shared; its words quote no data."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """One place a report is delivered to.

    Attributes
    ----------
    to
        Its address, as `tpm.toml` writes it: a reference to a secret stays one.
    settings
        What else its publisher is told.
    """

    to: str
    settings: Settings


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What `tpm.toml` says of the readers of a report.

    Attributes
    ----------
    formats
        What is made of a run; page and notebook always are.
    audience
        ``team``, ``executive`` (no item detail) or ``external`` (pseudonyms).
    hide
        What external readers shall not see besides people and titles.
    publish
        Where it is delivered.
    """

    formats: tuple[str, ...] = (PAGE, NOTEBOOK)
    audience: str = TEAM
    hide: tuple[str, ...] = ()
    publish: tuple[Destination, ...] = ()


def read(table: Mapping[str, Any], workspace: Workspace, place: str) -> Sharing:
    """Read the keys of `KEYS` of a ``[reports.NAME]`` table.

    Parameters
    ----------
    table
        The report's table.
    workspace
        Its ``[publishers.NAME]`` may be named in ``publish``.
    place
        Which table of which file, for error texts.

    Raises
    ------
    WorkspaceError
        For a word that is none of those known, an address that nothing publishes to, and a
        setting that its publisher does not read.
    """
    audience = table.get("audience", TEAM)
    if audience not in AUDIENCES:
        raise WorkspaceError(
            f"{place}: audience = {audience!r} is none.{meant(audience, AUDIENCES)}",
            hint=f"it is one of {', '.join(AUDIENCES)}",
        )
    hide = _words(table, "hide", HIDEABLE, place)
    if hide and audience != EXTERNAL:
        raise WorkspaceError(
            f"{place}: hide is for external readers, and its audience is {audience}.",
            hint='add audience = "external", or take hide out',
        )
    return Sharing(
        formats=tuple(dict.fromkeys((PAGE, NOTEBOOK, *_words(table, "formats", FORMATS, place)))),
        audience=audience,
        hide=hide,
        publish=tuple(
            _destination(entry, workspace, place) for entry in _list(table, "publish", place)
        ),
    )


def _words(
    table: Mapping[str, Any], key: str, known: tuple[str, ...], place: str
) -> tuple[str, ...]:
    words = _list(table, key, place)
    for word in words:
        if word not in known:
            raise WorkspaceError(
                f"{place}: {key} has {word!r}.{meant(word, known)}",
                hint=f"it may have {', '.join(known)}",
            )
    return tuple(words)


def _list(table: Mapping[str, Any], key: str, place: str) -> list[Any]:
    found = table.get(key, [])
    if not isinstance(found, list):
        raise WorkspaceError(f"{place}: {key} must be a list.", hint=f"write {key} = [ ... ]")
    return found


def _destination(entry: object, workspace: Workspace, place: str) -> Destination:
    if isinstance(entry, str) and entry in workspace.publishers:
        settings = dict(workspace.publishers[entry])
        place = f"{place}: publish: [publishers.{entry}]"
    elif isinstance(entry, str) and ":" in entry:
        settings = {"to": entry}
        place = f"{place}: publish: {entry.partition(':')[0]}"
    elif isinstance(entry, dict):
        settings = dict(entry)
        place = f"{place}: publish"
    else:
        raise WorkspaceError(
            f"{place}: publish has {entry!r}, which is no address and no publisher."
            f"{meant(entry, workspace.publishers)}",
            hint='write an address such as "folder:/srv/reports", or add [publishers.NAME]',
        )
    to = settings.pop("to", None)
    if not isinstance(to, str) or not to:
        raise WorkspaceError(f"{place} does not say to where.", hint='add to = "folder:PATH"')
    try:
        publishers.check(to, settings)
    except TpmError as error:
        raise WorkspaceError(f"{place}: {error.message}", hint=error.hint) from error
    return Destination(to=to, settings=settings)
