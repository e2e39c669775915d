"""Programs that were read and checked, kept by the content of their files for the next notebook.

Only kernels of one fork server share them: it names a private folder by the variable
``TPM_PROGRAMS``, which ends with it. A notebook gets a copy of its own, so that what one changes
no other sees.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from tpm_analytics.program import Program

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, each reads for itself
    fcntl = None  # type: ignore[assignment]

FOLDER_VARIABLE = "TPM_PROGRAMS"
# Programs of other days and of data that has changed since make place for new ones
MOST_KEPT = 16
_BLOCK = 1 << 20


def program(asked: object, place: Path, read: Callable[[], Program]) -> Program:
    """Return the program that `read` gives, from an earlier call if nothing has changed.

    Of several notebooks that ask for it at once, one reads and the others wait for what it keeps.

    Parameters
    ----------
    asked
        All that the program depends on beside its files; equal text counts as the same.
    place
        The file or folder that `read` reads; a program from elsewhere is always read.
    read
        Reads and checks the program.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    before = _fingerprint(asked, place) if folder else ""
    if not folder or not before:
        return read()
    kept = Path(folder) / f"{before}.program"
    found = _opened(kept)
    if found is not None:
        return found
    with _alone(kept.with_suffix(".lock")):
        found = _opened(kept)
        if found is not None:
            return found
        made = read()
        if _fingerprint(asked, place) == before:
            _keep(made, kept)
        return made


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold `lock`, which its holder loses with its life; where there can be none, go on without."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            lock.parent.mkdir(mode=0o700, exist_ok=True)
            file = held.enter_context(lock.open("w"))
            if fcntl is not None:
                fcntl.lockf(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Who waits for it gets it all the same, and who comes later finds what was kept
            with contextlib.suppress(OSError):
                lock.unlink()


def _opened(kept: Path) -> Program | None:
    try:
        found = pickle.loads(kept.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
        return None
    return found if isinstance(found, Program) else None


def _keep(made: Program, kept: Path) -> None:
    temporary = kept.with_name(f".{secrets.token_hex(8)}")
    try:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.write_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
        temporary.replace(kept)
        every = sorted(kept.parent.glob("*.program"), key=lambda path: path.stat().st_mtime)
        for old in every[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fingerprint(asked: object, place: Path) -> str:
    """Return what the content of all files at `place` comes to; empty if there are none."""
    digest = hashlib.blake2b(repr(asked).encode(), digest_size=16)
    count = 0
    try:
        for path in _files(place):
            count += 1
            digest.update(f"\0{path.relative_to(place)}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest() if count else ""


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(path for path in place.rglob("*") if path.is_file())
