"""Put a report where its readers are: whole or not at all, never over a good one that is better."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Literal

from tpm_analytics.reports import owner

PAGE = "page.html"
NOTEBOOK = "notebook.ipynb"
FAILED = "failed.ipynb"
STATE = ".state"
READY = "ready"
# A last file says that all others are there: whoever finds it may finish what a dead run began
RUN = "run.json"
RECEIPT = f"{STATE}/{RUN}"
BANNER_START = "<!--tpm:banner-->"
BANNER_END = "<!--/tpm:banner-->"
DUE_START = "<!--tpm:due-->"
DUE_END = "<!--/tpm:due-->"
TEMPORARY = re.compile(rf"\..+~(?P<owner>{owner.MARK})-[0-9a-f]+")

Part = Literal["banner", "due"]
_PARTS: dict[Part, tuple[str, str]] = {
    "banner": (BANNER_START, BANNER_END),
    "due": (DUE_START, DUE_END),
}


def write(path: Path, content: str | bytes) -> None:
    """Put `content` into `path` in one step: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}~{owner.mark()}-{secrets.token_hex(4)}")
    try:
        _write_through(temporary, content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def publish(
    folder: Path,
    *,
    page: str,
    notebook: str,
    formats: Mapping[str, bytes] | None = None,
    state: Mapping[str, str | bytes] | None = None,
    staging: Path | None = None,
) -> None:
    """Replace the report in `folder` by a good run, and take the last failure away.

    All is written beside it first. From the moment the receipt is there, `finish` can complete
    what a process that died left half done; before that moment nothing has been touched.

    Parameters
    ----------
    folder
        Where the report is.
    page, notebook
        What its readers see.
    formats
        The same in other formats, by the name of the file.
    state
        What the next run needs to know, by the name of its file; the receipt ``run.json`` last.
    staging
        Folder of this run alone, on the same disk.
    """
    ready = (staging or folder / f".ready~{owner.mark()}-{secrets.token_hex(4)}") / READY
    files: dict[str, str | bytes] = {NOTEBOOK: notebook, PAGE: page, **(formats or {})}
    files |= {f"{STATE}/{name}": content for name, content in (state or {}).items()}
    try:
        for name, content in files.items():
            (ready / name).parent.mkdir(parents=True, exist_ok=True)
            _write_through(ready / name, content)
        finish(ready, folder)
    finally:
        if staging is None:
            shutil.rmtree(ready.parent, ignore_errors=True)


def finish(ready: Path, folder: Path) -> None:
    """Move what `publish` made ready into `folder`: the page after the notebook, the receipt last.

    While the page is the old one, nothing new has been promised.
    """
    found = [path for path in ready.rglob("*") if path.is_file()]
    order = {NOTEBOOK: 0, PAGE: 1, RECEIPT: 3}
    names = [path.relative_to(ready).as_posix() for path in found]
    for name in sorted(names, key=lambda name: order.get(name, 2)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (ready / name).replace(folder / name)
    (folder / FAILED).unlink(missing_ok=True)
    _sync_folder(folder / STATE)
    _sync_folder(folder)


def complete(staging: Path, folder: Path) -> bool:
    """Finish what `publish` had made ready in `staging` when it was cut off; False if it had not.

    Its receipt is moved last: where it is gone from there, all is done.
    """
    if not (staging / READY / RECEIPT).is_file():
        return False
    finish(staging / READY, folder)
    return True


def mark_stale(folder: Path, said: str) -> bool:
    """Say on the page that stands in `folder` that it is an old one; False if there is none."""
    path = folder / PAGE
    if not path.is_file():
        return False
    banner = f'<aside class="stale" role="status">{escape(said)}</aside>'
    write(path, with_part(_text(path), "banner", banner))
    return True


def stand(folder: Path, due: str) -> None:
    """Say on the page in `folder` that it is up to date again, and when it is due next."""
    path = folder / PAGE
    old = _text(path)
    new = with_part(with_part(old, "banner", ""), "due", due)
    if new != old:
        write(path, new)
    (folder / FAILED).unlink(missing_ok=True)


def with_part(page: str, part: Part, html: str) -> str:
    """Return `page` with `html`, which must be safe, in the place that is kept for `part`."""
    start, end = _PARTS[part]
    return _place(part).sub(lambda _: f"{start}{html}{end}", page, count=1)


def fingerprint(folder: Path) -> str | None:
    """Return the fingerprint of the page and the notebook in `folder`; None if one is missing.

    What is said about the page later, as that it is stale, does not count.
    """
    try:
        page = _text(folder / PAGE)
        notebook = _text(folder / NOTEBOOK)
    except (OSError, UnicodeDecodeError):
        return None
    return fingerprint_of(page, notebook)


def fingerprint_of(page: str, notebook: str) -> str:
    """Return what `fingerprint` will find where these two are published."""
    for part in _PARTS:
        page = with_part(page, part, "")
    digest = hashlib.blake2b(digest_size=16)
    for text in (page, notebook):
        digest.update(hashlib.blake2b(text.encode("utf-8", "replace")).digest())
    return digest.hexdigest()


def _place(part: Part) -> re.Pattern[str]:
    start, end = _PARTS[part]
    return re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")  # letter by letter, ends of lines too


def _write_through(path: Path, content: str | bytes) -> None:
    data = content.encode("utf-8") if isinstance(content, str) else content
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
