"""A page as PDF, printed by the browser of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tpm_analytics.reports.sharing import SharingError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
SECONDS = 90
# Time a page is given to draw its charts; it passes as fast as the page is done with it
DRAWING_MILLISECONDS = 30_000
# A4 in its proportions, a quarter larger: printers scale it, and wide tables have room
_PRINT = """<style>@page { size: 262mm 371mm; margin: 15mm; }
@media print { figure.fluid svg.marks { width: 100%; height: auto; } th, td { padding: 3px 5px; }
.scroll { overflow: visible; } }</style></head>"""
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--run-all-compositor-stages-before-draw",
    f"--virtual-time-budget={DRAWING_MILLISECONDS}",
)


def browser() -> Path | None:
    """Return the Chromium of this machine, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else next((path for path in PLACES if path.is_file()), None)


def printed(page: str, *, seconds: float = SECONDS) -> bytes:
    """Return a page as PDF, its charts drawn.

    Parameters
    ----------
    page
        HTML of one file that fetches nothing.
    seconds
        Longest time the browser may take; then it is ended with all it started.

    Raises
    ------
    SharingError
        If no browser is here, or it prints nothing.
    """
    program = browser()
    if program is None:
        raise SharingError(
            "The PDF cannot be made: no Chromium is on this machine.",
            hint='install it (Debian: apt install chromium), or take "pdf" out of formats',
        )
    with TemporaryDirectory(prefix="tpm-pdf-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page.replace("</head>", _PRINT, 1), encoding="utf-8")
        command = [
            str(program),
            *_OPTIONS,
            # Chromium has no sandbox for root; the page allows no script but ours
            *(["--no-sandbox"] if _is_root() else []),
            f"--user-data-dir={Path(folder) / 'profile'}",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        said = _run(command, seconds)
        content = target.read_bytes() if target.is_file() else b""
    if not content.startswith(b"%PDF"):
        raise SharingError(f"The PDF cannot be made: {program.name} {said}.")
    return content


def _run(command: list[str], seconds: float) -> str:
    """Run to its end, with a limit; returns how it ended."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return f"ended with status {process.wait(seconds)} and printed nothing"
        except subprocess.TimeoutExpired:
            return f"took longer than {seconds:g} seconds"
        finally:
            _kill(process.pid)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
