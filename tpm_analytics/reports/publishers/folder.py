"""Deliver to a folder: each report in a folder of its own, each file whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publishers.parcel import Parcel, Settings, TransientError

ROOT = "root"
KEYS: dict[str, type] = {}


def publish(parcel: Parcel, settings: Settings) -> str:
    """Put the files of `parcel` into ``folder:PATH``; a relative path starts at the workspace.

    Raises
    ------
    ReportError
        If the folder cannot be written, or the report's folder in it is a link to elsewhere.
    TransientError
        If the store behind it does not answer.
    """
    base = (Path(settings[ROOT]) / Path(parcel.place).expanduser()).resolve()
    target = base / parcel.report
    try:
        target.mkdir(parents=True, exist_ok=True)
        if target.resolve() != target:
            raise ReportError(
                f"{target} is a link to elsewhere: nothing is written through it.",
                hint="put a folder in its place",
            )
        for name, content in parcel.in_order():
            _write(target / name, content)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise ReportError(f"{target} cannot be written: {error.strerror}.") from error
    except OSError as error:
        raise TransientError(f"{target} cannot be written: {error.strerror or error}") from error
    return f"{len(parcel.files)} files in {target}"


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
