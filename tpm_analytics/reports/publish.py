"""Put a report where its readers are: whole or not at all, never over a good one that is better."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from html import escape
from pathlib import Path

PAGE = "page.html"
NOTEBOOK = "notebook.ipynb"
FAILED = "failed.ipynb"
BANNER_START = "<!--tpm:banner-->"
BANNER_END = "<!--/tpm:banner-->"
_BANNER = re.compile(re.escape(BANNER_START) + ".*?" + re.escape(BANNER_END), re.DOTALL)


def write(path: Path, text: str) -> None:
    """Put `text` into `path` in one step: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def publish(folder: Path, *, page: str, notebook: str) -> None:
    """Replace the report in `folder` by a good run, and take the last failure away.

    The page comes last: while it is the old one, nothing new has been promised.
    """
    write(folder / NOTEBOOK, notebook)
    write(folder / PAGE, page)
    (folder / FAILED).unlink(missing_ok=True)


def mark_stale(folder: Path, said: str) -> bool:
    """Say on the page that stands in `folder` that it is an old one; False if there is none."""
    path = folder / PAGE
    if not path.is_file():
        return False
    banner = f'{BANNER_START}<aside class="stale" role="status">{escape(said)}</aside>{BANNER_END}'
    page = path.read_text(encoding="utf-8")
    write(path, _BANNER.sub(lambda _: banner, page, count=1))
    return True


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
