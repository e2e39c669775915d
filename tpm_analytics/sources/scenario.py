"""Scenarios in files: a TOML file a what-if, for people to read and to change."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tpm_analytics import workspace
from tpm_analytics.errors import ParameterError, SourceError
from tpm_analytics.program import Program
from tpm_analytics.program.scenario import Scenario
from tpm_analytics.program.what_if import applied

# A file of what-ifs is written by hand; one larger than this is something else
MOST_BYTES = 1_000_000


def read_scenario(path: str | Path) -> Scenario:
    """Read the scenario in a TOML file; a relative path starts at the workspace's root.

    Raises
    ------
    SourceError
        If the file is missing or is no TOML.
    ParameterError
        For what a scenario cannot say; see `Scenario.from_mapping`.
    """
    file = place_of(path)
    hint = "write one by hand, or save it from the explore notebook; see docs/scenarios.md"
    if not file.is_file():
        raise SourceError(f"{file} is no file, and a scenario is read from one.", hint=hint)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise SourceError(f"{file} is too large for a scenario.", hint=hint)
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(f"{file} cannot be read as TOML: {error}.", hint=hint) from error
    return Scenario.from_mapping(content, origin=file.name)


def seen_in(path: str | Path, program: Program) -> Program:
    """Return the program as the scenario in a file makes it.

    Raises
    ------
    SourceError, ParameterError
        As `read_scenario`; and for what the program has not, naming file and entry.
    """
    try:
        return applied(read_scenario(path), program)
    except ParameterError as error:
        name = place_of(path).name
        said = error.message if error.message.startswith(name) else f"{name}, {error.message}"
        raise ParameterError(said, hint=error.hint) from None


def write_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write the scenario to a TOML file, in place of what is there; return where it is.

    A relative path starts at the workspace's root; folders that lack are made. Raises
    `SourceError` if it cannot be written.
    """
    file = place_of(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(as_toml(scenario.to_mapping()), encoding="utf-8", newline="\n")
    except OSError as error:
        raise SourceError(
            f"The scenario cannot be written to {file}: {error}.", hint="choose another file"
        ) from error
    return file


def place_of(path: str | Path) -> Path:
    """Return the file meant by `path`: a relative one starts at the workspace's root."""
    found = workspace.find()
    return (found.root if found else Path.cwd()) / Path(path).expanduser()


def as_toml(mapping: Mapping[str, Any]) -> str:
    """Return values, lists of values and lists of tables as TOML, values first.

    Examples
    --------
    >>> print(as_toml({"holidays": [{"day_on": date(2025, 12, 24)}], "name": "A day off"}))
    name = "A day off"
    <BLANKLINE>
    [[holidays]]
    day_on = 2025-12-24
    <BLANKLINE>
    """
    tables = {name: held for name, held in mapping.items() if _is_tables(held)}
    blocks = [_lines({name: held for name, held in mapping.items() if name not in tables})]
    blocks += [[f"[[{name}]]", *_lines(table)] for name, held in tables.items() for table in held]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _is_tables(held: Any) -> bool:
    return isinstance(held, list) and bool(held) and isinstance(held[0], Mapping)


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items()]


def _value(value: Any) -> str:
    if isinstance(value, str):
        # the escapes of JSON are those of TOML, but for one character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)
