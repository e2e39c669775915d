"""Oracle cases: read them, ask the adapter of their subject, compare what is expected."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oracles import adapters


@dataclass(frozen=True)
class Result:
    """How one case ended, with the figures that say so."""

    case_id: str
    passed: bool
    figures: str


def read_cases(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))


def check(case: dict[str, Any]) -> Result:
    adapter: Callable[[dict[str, Any]], Any] | None = adapters.ADAPTERS.get(case["subject"])
    if adapter is None:
        return Result(case["id"], False, f"no adapter for the subject {case['subject']!r}")
    answer = adapter(case["inputs"])
    differences = list(compare(case["expected"], answer, case.get("tolerance", 0), "answer"))
    if differences:
        return Result(case["id"], False, "; ".join(differences))
    return Result(case["id"], True, json.dumps(answer, default=float, sort_keys=True)[:200])


def compare(expected: Any, found: Any, tolerance: float, place: str) -> Iterator[str]:
    """Yield a sentence per difference; what `expected` does not hold is not looked at."""
    if isinstance(expected, dict):
        yield from _compare_mapping(expected, found, tolerance, place)
    elif isinstance(expected, list):
        yield from _compare_list(expected, found, tolerance, place)
    elif isinstance(expected, bool | str) or expected is None:
        if found != expected:
            yield f"{place} is {found!r}, expected {expected!r}"
    elif not isinstance(found, int | float) or not abs(found - expected) <= tolerance:
        yield f"{place} is {found!r}, expected {expected!r} within {tolerance}"


def _compare_mapping(expected: dict, found: Any, tolerance: float, place: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{place} is {found!r}, not a mapping"
        return
    for key, value in expected.items():
        if key in found:
            yield from compare(value, found[key], tolerance, f"{place}.{key}")
        else:
            yield f"{place}.{key} is missing"


def _compare_list(expected: list, found: Any, tolerance: float, place: str) -> Iterator[str]:
    if not isinstance(found, list | tuple) or len(found) != len(expected):
        yield f"{place} is {found!r}, expected {expected!r}"
        return
    for position, (one, other) in enumerate(zip(expected, found, strict=True)):
        yield from compare(one, other, tolerance, f"{place}[{position}]")
