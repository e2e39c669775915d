"""A timer and a service of systemd, for the user, without any right of an administrator."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tpm_analytics.reports import publish
from tpm_analytics.reports.schedulers.job import Job, SchedulerError, asked

_SYSTEMCTL = ("systemctl", "--user")


def is_there() -> bool:
    """Whether systemd runs for this user."""
    if shutil.which(_SYSTEMCTL[0]) is None:
        return False
    try:
        return asked([*_SYSTEMCTL, "show-environment"]).returncode == 0
    except SchedulerError:
        return False


def install(job: Job) -> str:
    """Write the units of `job`, in place of older ones, and start the timer; returns them."""
    service, timer = _paths(job)
    were = [path for path in (service, timer) if path.exists()]
    try:
        publish.write(service, _service(job))
        publish.write(timer, _timer(job))
    except OSError as error:
        raise SchedulerError(f"{service.parent} cannot be written: {error}.") from error
    try:
        _told("daemon-reload")
        _told("enable", "--now", timer.name)
    except SchedulerError:
        for path in {service, timer} - set(were):
            path.unlink(missing_ok=True)
        raise
    return shown(job) or ""


def uninstall(job: Job) -> bool:
    """Stop the timer of `job` and remove its units; False if there were none."""
    there = [path for path in _paths(job) if path.exists()]
    if not there:
        return False
    _told("disable", "--now", f"{job.name}.timer")
    for path in there:
        path.unlink()
    _told("daemon-reload")
    return True


def shown(job: Job) -> str | None:
    """Return the units of `job` as they stand; None if there are none."""
    there = [path for path in _paths(job) if path.exists()]
    return "\n".join(f"# {path}\n{path.read_text(encoding='utf-8')}" for path in there) or None


def _paths(job: Job) -> tuple[Path, Path]:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    folder = Path(home) / "systemd" / "user"
    return folder / f"{job.name}.service", folder / f"{job.name}.timer"


def _service(job: Job) -> str:
    return (
        "[Unit]\n"
        f"Description=Reports of {_literal(str(job.root))} that are due\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"ExecStart={' '.join(map(_word, job.command))}\n"
        # one report that fails is told by its page and the journal, not by a broken unit
        "SuccessExitStatus=1\n"
    )


def _timer(job: Job) -> str:
    when = "*:*" if job.minutes == 1 else f"*:0/{job.minutes}"
    return (
        "[Unit]\n"
        f"Description=When to look for reports of {_literal(str(job.root))} that are due\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar={when}\n"
        "AccuracySec=1s\n"
        "Persistent=true\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def _literal(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """Quote a word of a command line, as systemd reads it, with nothing in it filled in."""
    kept = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_literal(kept)}"'


def _told(*order: str) -> None:
    answer = asked([*_SYSTEMCTL, *order])
    if answer.returncode:
        raise SchedulerError(
            f"systemd refused {' '.join(order)}: {answer.stderr.strip() or 'it gave no reason'}.",
            hint="see whether systemctl --user status works for you; or use --into cron",
        )
