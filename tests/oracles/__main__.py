"""Run every case of an oracle file: a line per case, exit 1 if one fails."""

import sys
from pathlib import Path

from tests.oracles.cases import check, read_cases


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tests.oracles FILE [subjects left out are failures]")
        return 2
    results = [check(case) for case in read_cases(Path(arguments[0]))]
    for result in results:
        print(f"{'passed' if result.passed else 'FAILED'} {result.case_id}: {result.figures}")
    failed = sum(not result.passed for result in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
