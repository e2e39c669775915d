"""The workspace: a folder with `tpm.toml`, notebooks, data and the output folder `reports`."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tpm_analytics import secrets
from tpm_analytics.errors import WorkspaceError, meant

CONFIG = "tpm.toml"
TABLES = ("programs", "publishers", "reports", "thresholds")
ROOT_VARIABLE = "TPM_WORKSPACE"
# What a run tells its kernel of the readers, so that `load` hides what they shall not see
AUDIENCE_VARIABLE = "TPM_AUDIENCE"
SALT_VARIABLE = "TPM_PSEUDONYM_SALT"
HIDE_VARIABLE = "TPM_HIDE"
EXTERNAL = "external"
# Where `load` leaves the state of each item, for the engine that runs the notebook
RUN_FOLDER_VARIABLE = "TPM_RUN_FOLDER"
# File in which the engine hands a notebook what earlier runs of its report recorded as tables
RECORDED_VARIABLE = "TPM_RECORDED"


@dataclass(frozen=True, kw_only=True)
class ProgramDefinition:
    """A ``[programs.NAME]`` table of `tpm.toml`: where a program's data is and how it is read.

    Attributes
    ----------
    name, source
        Name in the workspace, and the address of the data.
    time_zone
        IANA name of the zone whose days count.
    as_of
        Day to see it from; ``"today"`` for the day of the run; None for the last day in the data.
    workflow
        Stage by status, in the order work passes them; empty to infer.
    fields
        Our column by the source's name for it, as in ``points = "Story Points"``.
    """

    name: str
    source: str
    time_zone: str = "UTC"
    as_of: str | None = None
    workflow: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A workspace as its `tpm.toml` describes it.

    `reports` and `publishers` are read by the room of that name; `secrets` are the names of those
    that `tpm.toml` refers to.
    """

    root: Path
    programs: Mapping[str, ProgramDefinition]
    reports: Mapping[str, Mapping[str, Any]]
    thresholds: Mapping[str, float] = field(default_factory=dict)
    publishers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    @property
    def output(self) -> Path:
        """Folder of the published pages, the ledger and the index."""
        return self.root / "reports"


def find(start: Path | None = None) -> Workspace | None:
    """Return the workspace of `start` or of the nearest folder above it; None if there is none.

    The environment variable ``TPM_WORKSPACE`` names the root where `start` is not given, so that
    a notebook finds its workspace wherever its kernel was started.
    """
    if start is None and (named := os.environ.get(ROOT_VARIABLE)):
        return read(Path(named))
    folder = (start or Path.cwd()).resolve()
    root = next((path for path in (folder, *folder.parents) if (path / CONFIG).is_file()), None)
    return None if root is None else read(root)


def read(root: Path) -> Workspace:
    """Read the workspace in the folder `root`; raises `WorkspaceError` if it cannot be one."""
    config = root / CONFIG
    try:
        text = config.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WorkspaceError(
            f"{config} cannot be read: {error}.", hint="make a workspace with: tpm init DIR"
        ) from error
    except UnicodeDecodeError as error:
        raise WorkspaceError(
            f"{config} is not written in UTF-8: {error}.", hint="save it as UTF-8 in your editor"
        ) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(
            f"{config} is not valid TOML: {error}.",
            hint='text stands in quotes, as in source = "folder:data/sample"; each key stands once',
        ) from error
    refuse_unread(content, TABLES, str(config), what="table")
    programs = _tables(content, "programs", config)
    return Workspace(
        root=root.resolve(),
        programs={name: _program(name, table, config) for name, table in programs.items()},
        reports=_tables(content, "reports", config),
        thresholds=_thresholds(content.get("thresholds", {}), config),
        publishers=_tables(content, "publishers", config),
        secrets=secrets.references(content),
    )


def snapshot_name(address: str, as_of: str) -> str:
    """Return the file's name of the state of the program `address`, seen from the day `as_of`."""
    digest = hashlib.blake2b(f"{address}\n{as_of}".encode(), digest_size=8).hexdigest()
    return f"items-{digest}.parquet"


def create(folder: Path) -> Path:
    """Make a workspace in `folder` from the notebooks and the `tpm.toml` the package carries.

    Returns the root. Raises `WorkspaceError` if the folder holds a workspace or cannot be made;
    files that are there already are never overwritten.
    """
    if (folder / CONFIG).exists():
        raise WorkspaceError(
            f"{folder} is a workspace already.", hint="choose another folder, or edit its tpm.toml"
        )
    origin = _carried()
    notebooks = folder / "notebooks"
    try:
        notebooks.mkdir(parents=True, exist_ok=True)
        for notebook in sorted((origin / "notebooks").glob("*.ipynb")):
            if not (notebooks / notebook.name).exists():
                shutil.copyfile(notebook, notebooks / notebook.name)
        shutil.copyfile(origin / CONFIG, folder / CONFIG)
    except OSError as error:
        raise WorkspaceError(
            f"A workspace cannot be made in {folder}: {error}.", hint="choose another folder"
        ) from error
    return folder.resolve()


def _carried() -> Path:
    """Folder of the notebooks: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "carried"
    return inside if inside.is_dir() else package.parent


def _tables(content: Mapping[str, Any], name: str, config: Path) -> Mapping[str, Mapping[str, Any]]:
    found = content.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(item, dict) for item in found.values()):
        raise WorkspaceError(
            f"{config}: {name} must hold a table each.", hint=f"write [{name}.NAME] above its keys"
        )
    return found


def _thresholds(found: Any, config: Path) -> dict[str, float]:
    wrong = isinstance(found, dict) and [
        key
        for key, value in found.items()
        if isinstance(value, bool) or not isinstance(value, int | float)
    ]
    if not isinstance(found, dict) or wrong:
        raise WorkspaceError(
            f"{config}: [thresholds] must hold a number each.",
            hint=f"mend {', '.join(wrong)}" if wrong else "write [thresholds] above its keys",
        )
    return {key: float(value) for key, value in found.items()}


def _program(name: str, table: Mapping[str, Any], config: Path) -> ProgramDefinition:
    place = f"{config}: [programs.{name}]"
    refuse_unread(table, set(ProgramDefinition.__dataclass_fields__) - {"name"}, place)
    if not isinstance(table.get("source"), str):
        raise WorkspaceError(
            f"{place} lacks a source.", hint='add for example source = "jira:data/export.json"'
        )
    values = dict(table)
    if not isinstance(values.get("time_zone", ""), str):
        raise WorkspaceError(
            f"{place}: time_zone must be text.", hint='write time_zone = "Europe/Madrid"'
        )
    if "as_of" in values:
        values["as_of"] = str(values["as_of"])
    for key in ("workflow", "fields"):
        if not isinstance(held := values.get(key, {}), dict):
            raise WorkspaceError(
                f"{place}: {key} must be a table.", hint=f"write [programs.{name}.{key}]"
            )
        values[key] = _flat(held)
    return ProgramDefinition(name=name, **values)


def refuse_unread(
    found: Iterable[str], known: Iterable[str], place: str, *, what: str = "key"
) -> None:
    """Raise `WorkspaceError` for the first of the keys at a place that is none of those known."""
    known = sorted(known)
    for key in found:
        if key not in known:
            raise WorkspaceError(
                f"{place} has a {what} that nothing reads: {key}.{meant(key, known)}",
                hint=f"its {what}s are {', '.join(known)}",
            )


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Join nested keys with a dot: TOML reads ``items.points = "SP"`` as a table in a table."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
