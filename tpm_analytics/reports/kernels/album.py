"""Pictures of charts that reports of one run share, so that each is drawn once.

Workers that have their kernels from one fork server find them in its private folder, which ends
with it. A picture is found by the whole specification of its chart, data included: who finds one
holds what it shows already, so a page for readers outside never gets a picture of real names.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tpm_analytics import drawing

FOLDER = "pictures"
# About a thousand pictures; those of a service that runs for months make place for new ones
MOST_BYTES = 32_000_000
_DIGEST = 16
_SUFFIX = ".picture"


class Album:
    """Draws charts, or finds them drawn in `folder`; None for one that keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._added = False

    def twin(self, spec: Mapping[str, Any]) -> dict[str, str]:
        """Return what `drawing.twin` does, letter by letter."""
        still = drawing.still(spec)
        if self.folder is None:
            return drawing.drawn(still)
        kept = self.folder / f"{_digest(still)}{_SUFFIX}"
        found = _opened(kept)
        if found is None:
            found = drawing.drawn(still)
            if found:
                self._added = True
                _keep(found, kept)
        return found

    def sweep(self) -> None:
        """Take out the oldest pictures that there is no room for, if any came in."""
        if self.folder is None or not self._added:
            return
        with contextlib.suppress(OSError):
            _sweep(self.folder)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST).hexdigest()


def _opened(kept: Path) -> dict[str, str] | None:
    """Return the picture in the file `kept`; None where there is none as it was written."""
    try:
        mark, _, said = kept.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    if mark != _digest(said):
        return None
    found: dict[str, str] = json.loads(said)
    return found


def _keep(made: Mapping[str, str], kept: Path) -> None:
    temporary = kept.with_name(f".{secrets.token_hex(8)}")
    said = json.dumps(made)
    try:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.write_text(f"{_digest(said)}\n{said}", encoding="utf-8", newline="")
        temporary.replace(kept)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    room = MOST_BYTES
    every = {path: path.stat() for path in folder.glob(f"*{_SUFFIX}")}
    for path in sorted(every, key=lambda path: every[path].st_mtime, reverse=True):
        room -= every[path].st_size
        if room < 0:
            path.unlink(missing_ok=True)
