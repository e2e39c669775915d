"""A marked block in the user's crontab; no other line is ever touched."""

from __future__ import annotations

import re
import shlex
import shutil

from tpm_analytics.reports.schedulers.job import Job, SchedulerError, asked

# What the crontabs of this world say where a user has none yet
_NONE_YET = re.compile(r"no crontab for|can't open|no such file", re.IGNORECASE)


def is_there() -> bool:
    """Whether this machine has cron."""
    return shutil.which("crontab") is not None


def install(job: Job) -> str:
    """Write the block of `job`, in place of an older one; returns it."""
    block = _block(job)
    _write(_without(_read(), job) + block)
    return block


def uninstall(job: Job) -> bool:
    """Take the block of `job` out; False if there was none."""
    before = _read()
    after = _without(before, job)
    if after == before:
        return False
    _write(after)
    return True


def shown(job: Job) -> str | None:
    """Return the block of `job` as it stands; None if there is none."""
    found = _pattern(job).search(_read())
    return found.group().strip("\n") + "\n" if found else None


def _block(job: Job) -> str:
    start, end = _marks(job)
    when = "*" if job.minutes == 1 else f"*/{job.minutes}"
    # in a crontab a bare percent sign ends the command; a failure is mailed, as cron does
    command = shlex.join(job.command).replace("%", r"\%")
    return f"{start}\n{when} * * * * {command} > /dev/null\n{end}\n"


def _marks(job: Job) -> tuple[str, str]:
    return (f"# >>> {job.name}: reports of {job.root} >>>", f"# <<< {job.name} <<<")


def _pattern(job: Job) -> re.Pattern[str]:
    start, end = map(re.escape, _marks(job))
    return re.compile(rf"^{start}\n.*?^{end}(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def _without(table: str, job: Job) -> str:
    rest = _pattern(job).sub("", table)
    return rest if not rest or rest.endswith("\n") else rest + "\n"


def _read() -> str:
    answer = asked(["crontab", "-l"])
    if answer.returncode == 0:
        return answer.stdout
    if not answer.stdout and _NONE_YET.search(answer.stderr):
        return ""
    # to take this for an empty table would wipe out what somebody else wrote
    raise SchedulerError(
        f"The crontab cannot be read: {answer.stderr.strip() or 'no reason was given'}.",
        hint="see what crontab -l says; nothing was changed",
    )


def _write(table: str) -> None:
    answer = asked(["crontab", "-"], told=table)
    if answer.returncode:
        raise SchedulerError(
            f"The crontab was refused: {answer.stderr.strip() or 'no reason was given'}.",
            hint="nothing was changed",
        )
