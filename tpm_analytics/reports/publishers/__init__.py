"""Publishers bring a report to its readers; each is a function of one signature."""

from __future__ import annotations

from importlib.metadata import entry_points
from types import ModuleType

from tpm_analytics import secrets
from tpm_analytics.errors import ReportError, meant
from tpm_analytics.reports.publishers import email, folder, fsspec_address, webhook
from tpm_analytics.reports.publishers.parcel import Parcel, Publisher, Settings, TransientError

__all__ = ["PUBLISHERS", "Parcel", "Publisher", "Settings", "TransientError", "check", "publisher"]

ENTRY_POINTS = "tpm_analytics.publishers"
PUBLISHERS: dict[str, Publisher] = {
    "folder": folder.publish,
    "mailto": email.publish,
    "http": webhook.publish,
    "https": webhook.publish,
}
_MODULES: dict[str, ModuleType] = {
    "folder": folder,
    "mailto": email,
    "http": webhook,
    "https": webhook,
}


def publisher(address: str) -> Publisher:
    """Return who delivers to `address`: by its scheme, ours, one that is installed, or fsspec.

    Raises
    ------
    ReportError
        If nobody does.
    """
    scheme, _, rest = address.partition(":")
    if scheme in PUBLISHERS:
        return PUBLISHERS[scheme]
    installed = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if scheme in installed:
        found: Publisher = installed[scheme].load()
        return found
    if rest.startswith("//"):
        return fsspec_address.publish
    known = ", ".join([*PUBLISHERS, *installed])
    raise ReportError(
        f"Nobody publishes to {scheme}: addresses.{meant(scheme, [*PUBLISHERS, *installed])}",
        hint=f"an address begins with {known}, or is one of fsspec such as s3://bucket/reports",
    )


def check(to: str, settings: Settings) -> None:
    """Refuse settings that a publisher does not read; those of a secret address later.

    Raises
    ------
    ReportError
        Naming the setting.
    """
    if secrets.is_reference(to):
        return
    publisher(to)
    scheme = to.partition(":")[0]
    installed = {point.name for point in entry_points(group=ENTRY_POINTS)}
    if scheme in installed - set(PUBLISHERS):
        return
    module = _MODULES.get(scheme, fsspec_address)
    if unknown := sorted(set(settings) - set(module.KEYS)):
        keys = ", ".join(module.KEYS) or "none but to"
        raise ReportError(f"{scheme}: does not read {', '.join(unknown)}.", hint=f"it reads {keys}")
    for key, value in settings.items():
        if not isinstance(value, module.KEYS[key]) or isinstance(value, bool):
            raise ReportError(f"{scheme}: {key} = {value!r} is no {module.KEYS[key].__name__}.")
    if missing := [key for key in getattr(module, "REQUIRED", ()) if key not in settings]:
        raise ReportError(
            f"{scheme}: lacks {', '.join(missing)}.",
            hint=f"write a [publishers.NAME] table with to, {', '.join(missing)}",
        )
    if module is email:
        email.check(to, settings)
    if module is webhook:
        webhook.style_of(to, settings)
