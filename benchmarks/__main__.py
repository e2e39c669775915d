"""List the benchmarks, or run one: ``python -m benchmarks [NAME [OPTIONS]]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

BENCHMARKS = {
    "calibration": "forecasts from each past month of real teams: how often they held",
    "explore": "a move of the explore notebook, from the slider to its pictures",
    "flow": "all flow metrics of 1,000,000 items and 8,000,000 moves, against DuckDB",
    "forecast": "exact forecast curves and 1,000 past forecasts, against Monte Carlo in NumPy",
    "jira_load": "a Jira export of 100,000 issues, from file to checked tables and cycle times",
    "levelling": "72 published problems under limited resources, against the best known makespans",
    "overload": "who of 10,000 people is promised too often, over 104 weeks",
    "reports": "24 reports end to end, against plain papermill and nbconvert on the same cores",
    "schedule_risk": "10,000 futures of 1,000 activities, against networkx and bare NumPy sampling",
    "together": "whether several teams keep their promises at once as often as is said",
    "faults": "kill -9, full disks and notebooks that do harm: how often all is whole after",
}
"""What each benchmark measures; the module of that name has `run(arguments) -> exit code`."""


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark that is named; without a name, say which there are."""
    if not arguments:
        width = max(map(len, BENCHMARKS))
        print("\n".join(f"{name:{width}}  {what}" for name, what in BENCHMARKS.items()))
        return 0
    name, *options = arguments
    if name not in BENCHMARKS:
        print(f"No benchmark is named {name!r}; there are: {', '.join(BENCHMARKS)}")
        return 2
    code: int = import_module(f"benchmarks.{name}").run(options)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
