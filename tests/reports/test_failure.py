"""Every end of a run has its own word in the ledger, and a sentence."""

import contextlib
import errno
import os
import signal

import pytest
from papermill.exceptions import PapermillExecutionError

from tpm_analytics.errors import SourceError
from tpm_analytics.reports import failure, locks, signals
from tpm_analytics.reports.kernels import jobs
from tpm_analytics.reports.ledger.ledger_file import FullDiskError


def problem(name, said):
    return PapermillExecutionError(
        cell_index=2, exec_count=3, source="x", ename=name, evalue=said, traceback=[]
    )


@pytest.mark.parametrize(
    ("name", "said", "starved", "outcome"),
    [
        ("KeyError", "'x'", False, "failed"),
        ("SourceError", "export.json is empty.", False, "failed"),
        (jobs.DIED, "its kernel died", False, "kernel died"),
        (jobs.DIED, "its kernel died", True, "out of memory"),
        (jobs.TIMED_OUT, "it took long", True, "timeout"),
        ("MemoryError", "", False, "out of memory"),
        ("_ArrayMemoryError", "Unable to allocate 80 GiB", False, "out of memory"),
        ("OSError", "[Errno 28] No space left on device: 'x'", False, "disk full"),
    ],
)
def test_a_cell_that_fails_is_told_by_what_happened(name, said, starved, outcome):
    error = failure.told(problem(name, said), "velocity.ipynb", starved=starved)
    assert error.outcome == outcome
    assert str(error).startswith("velocity.ipynb at In [3]")


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("MemoryError", "", "memory ran out.\nHint: give it more memory"),
        ("_ArrayMemoryError", "Unable to allocate 80 GiB", "memory ran out: Unable to allocate 80"),
    ],
)
def test_memory_that_ran_out_is_told_as_that(name, said, told):
    assert told in str(failure.told(problem(name, said), "velocity.ipynb"))


@pytest.mark.parametrize(
    ("found", "outcome", "said"),
    [
        (signals.Terminated(143), "terminated", "told to end"),
        (KeyboardInterrupt(), "interrupted", "interrupted"),
        (OSError(errno.ENOSPC, "No space", "page.html"), "disk full", "page.html"),
        (OSError(errno.EDQUOT, "Quota", "page.html"), "disk full", "page.html"),
        (FullDiskError("The ledger"), "disk full", "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "failed", "Read-only file system"),
        (OSError(errno.EACCES, "No"), "failed", "Hint: see that its folder can be written"),
        (MemoryError(), "out of memory", "Memory ran out"),
        (SourceError("No data."), "failed", "No data."),
        (ZeroDivisionError("division by zero"), "failed", "ZeroDivisionError: division by zero"),
    ],
)
def test_whatever_ends_a_run_is_told_in_a_sentence(found, outcome, said):
    error = failure.as_run_error(found)
    assert error.outcome == outcome
    assert said in str(error)


@pytest.mark.parametrize(
    ("groups", "files", "count"),
    [
        ("0::/run\n", {"run/memory.events": "low 0\noom 2\noom_kill 3\n"}, 3),
        ("5:memory:/box\n0::/\n", {"memory/box/memory.oom_control": "oom_kill 4\n"}, 4),
        ("0::/gone\n", {}, 7),
    ],
)
def test_what_the_system_ended_for_memory_is_counted_where_it_is_written(
    tmp_path, monkeypatch, groups, files, count
):
    (tmp_path / "groups").write_text(groups)
    (tmp_path / "vmstat").write_text("nr_free_pages 1\noom_kill 7\n")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(failure, "_CONTROL_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(failure, "_CONTROL_ROOT", tmp_path)
    monkeypatch.setattr(failure, "_WHOLE_MACHINE", tmp_path / "vmstat")
    assert failure.killed_for_memory() == count


def test_an_order_to_end_is_heeded_once_and_only_inside():
    def stop():
        with signals.heeded():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGTERM)  # while it tidies up: does nothing

    with pytest.raises(signals.Terminated) as told:
        stop()
    assert told.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize(
    ("number", "order"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, signals.Terminated)],
)
def test_an_order_that_comes_to_nothing_is_given_again(number, order):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for until in (signals.pass_on, lambda: None):
            with pytest.raises(order), signals.heeded():
                with contextlib.suppress(order):
                    signal.raise_signal(number)
                until()
        with signals.heeded():
            signals.pass_on()
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_has_said_what_the_order_means_is_not_overruled():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals.heeded():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_lock_keeps_others_out_and_lets_its_holder_in_again(tmp_path):
    path = tmp_path / "lock"
    with locks.alone(path) as held, locks.alone(path) as again:
        assert (held, again) == (True, True)
        process = os.fork()
        if process == 0:
            locks._HELD.clear()
            with locks.alone(path, wait=False) as theirs:
                os._exit(int(theirs))
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    with locks.alone(path, wait=False) as free:
        assert free
