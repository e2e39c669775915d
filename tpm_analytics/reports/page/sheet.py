"""What all our pages have in common: templates, the style sheet, scripts, and what may run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def policy(*scripts: str) -> str:
    """Return the content security policy of a page that runs `scripts` and fetches nothing."""
    allowed = " ".join(map(_allowed, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def template(name: str) -> Any:
    """Return the page template `name` of this package; all it prints is escaped."""
    return _environment().get_template(name)


def style() -> Markup:
    """Return the one style sheet of all our pages."""
    return Markup(asset("style.css"))


def script_of(name: str) -> Markup:
    """Return the script `name` of this package as a page holds it."""
    return Markup(asset(name))


def asset(name: str) -> str:
    """Return the text of a file that stands beside the templates."""
    loader = _environment().loader
    if loader is None:
        raise AssertionError
    return loader.get_source(_environment(), name)[0]


@lru_cache
def _allowed(script: str) -> str:
    """Return the source by which a content security policy allows exactly this script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tpm_analytics.reports.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
