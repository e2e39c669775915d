"""Deliver to any file store that fsspec knows: s3://, gs://, abfs://, sftp://, memory:// ..."""

from __future__ import annotations

import secrets
from importlib import import_module
from typing import Any

from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports.publishers.parcel import MEDIA_TYPES, Parcel, Settings, TransientError

KEYS: dict[str, type] = {"options": dict}
INSTALL = "python -m pip install 'tpm-analytics[share]'"
# An object store shows an object when all of it is there; a folder shows what is half written
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "memory"})


def publish(parcel: Parcel, settings: Settings) -> str:
    """Put the files of `parcel` below an address such as ``s3://bucket/reports``.

    ``options`` are passed to the file store, as its documentation names them.

    Raises
    ------
    ReportError
        If fsspec or the store's own package is not installed, or the store refuses.
    TransientError
        If the store does not answer.
    """
    try:
        core: Any = import_module("fsspec.core")
    except ImportError as error:
        raise ReportError(
            f"{_scheme(parcel.to)} addresses need fsspec, which is not installed.",
            hint=f"run: {INSTALL}",
        ) from error
    try:
        store, base = core.url_to_fs(parcel.to, **settings.get("options", {}))
        folder = f"{base.rstrip('/')}/{parcel.report}"
        store.makedirs(folder, exist_ok=True)
        for name, content in parcel.in_order():
            _write(store, f"{folder}/{name}", content)
    except ImportError as error:
        raise ReportError(
            f"{_scheme(parcel.to)} addresses need one more package: {error}.",
            hint="install the package that it names",
        ) from error
    except (PermissionError, FileExistsError, NotADirectoryError, TypeError, ValueError) as error:
        raise ReportError(f"{_scheme(parcel.to)} refused: {error}.") from error
    except TpmError:
        raise
    except Exception as error:
        # each store has errors of its own; those of the network among them may pass
        raise TransientError(f"{type(error).__name__}: {error}") from error
    return f"{len(parcel.files)} files in {_scheme(parcel.to)}{folder.lstrip('/')}"


def _write(store: Any, path: str, content: bytes) -> None:
    protocols = {store.protocol} if isinstance(store.protocol, str) else set(store.protocol)
    if protocols & _OBJECT_STORES:
        kind = MEDIA_TYPES[path.rpartition("/")[2]]
        options = {"ContentType": kind} if protocols & {"s3", "s3a"} else {}
        store.pipe_file(path, content, **options)
        return
    folder, _, name = path.rpartition("/")
    temporary = f"{folder}/.{name}-{secrets.token_hex(4)}"
    try:
        store.pipe_file(temporary, content)
        store.mv(temporary, path)
    except BaseException:
        if store.exists(temporary):
            store.rm_file(temporary)
        raise


def _scheme(address: str) -> str:
    return f"{address.partition('://')[0]}://"
