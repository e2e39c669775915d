"""What holds of every metric: found by its types, so that none can be forgotten."""

import inspect
import pkgutil
from importlib import import_module
from typing import get_args, get_origin, get_type_hints

import pandas as pd
import pytest
from pandera.typing import DataFrame

import tpm_analytics as tpm
from tpm_analytics import metrics
from tpm_analytics.metrics import flow, levelling, resources, schedule_risk
from tpm_analytics.program import TABLES, Program
from tpm_analytics.program.table import Result

NAME_OF_TABLE = {table: name for name, table in TABLES.items()}
# every table of the language is told of, the empty ones too
# and so is every day of a calendar
TELLS_OF_NOTHING = {"health.tables", "forecast.at_pace", "forecast.working_days"}


def table_of(hint):
    """Return the declaration that a hint such as ``DataFrame[Items]`` names, or None."""
    given = get_args(hint)
    return given[0] if get_origin(hint) is DataFrame and given else None


def public_metrics():
    """Find every public function of the metrics that yields a declared table, by its name."""
    found = {}
    for module in pkgutil.walk_packages(metrics.__path__, f"{metrics.__name__}."):
        if module.ispkg:
            continue
        room = import_module(module.name)
        subject = module.name.removeprefix(f"{metrics.__name__}.").partition(".")[0]
        for name, function in inspect.getmembers(room, inspect.isfunction):
            own = function.__module__ == room.__name__ and not name.startswith("_")
            if own and table_of(get_type_hints(function).get("return")):
                found[f"{subject}.{name}"] = function
    return found


METRICS = public_metrics()


def uncertain(program):
    """Build the remaining schedule with its doubts."""
    struck = schedule_risk.strikes(program.risks, program.activities, program.milestones)
    return schedule_risk.uncertain_plan(
        program.activities, program.links, struck, until=program.as_of
    )


OPTIONS = {
    "after": lambda program: program.as_of,
    "until": lambda program: program.as_of,
    "since": lambda program: program.as_of - pd.Timedelta(days=91),
    "during": lambda program: resources.weeks_around(program.as_of),
    "last": lambda _: 6,
    "figures": lambda program: flow.throughput(program.items, until=program.as_of),
    "value": lambda _: "items",
    "by": lambda program: program.as_of + pd.Timedelta(days=28),
    "scope": lambda _: "",
    "as_of": lambda program: program.as_of,
    "recorded": lambda _: pd.DataFrame(),
    "before": lambda program: program.as_of,
    "plan": uncertain,
    "trials": lambda _: 200,
    "work": levelling.shared_work,
}
# options of the metric that makes what another one reads
MADE_WITH = {
    "load": {"by": "named"},
    "overloads": {"by": "named"},
    "promised": {"by": "program"},
}


def maker_of(result):
    """Find the metric that yields `result` out of other tables."""
    for function in METRICS.values():
        hints = get_type_hints(function)
        if table_of(hints.pop("return")) is result:
            taken = {table_of(hint) for hint in hints.values()}
            if result not in taken:
                return function
    raise AssertionError(f"No metric yields {result.__name__}, which another one reads.")


def arguments(function, program):
    """Build the arguments of a metric: tables by their type, options by their name."""
    hints = get_type_hints(function)
    built = {}
    for name, parameter in inspect.signature(function).parameters.items():
        table = table_of(hints[name])
        if hints[name] is Program:
            built[name] = program
        elif table in NAME_OF_TABLE:
            built[name] = program.tables()[NAME_OF_TABLE[table]]
        elif table is not None and issubclass(table, Result):
            maker = maker_of(table)
            options = MADE_WITH.get(function.__name__, {})
            taken = inspect.signature(maker).parameters
            chosen = {key: value for key, value in options.items() if key in taken}
            built[name] = maker(**arguments(maker, program), **chosen)
        elif parameter.default is inspect.Parameter.empty:
            assert name in OPTIONS, f"Tell in OPTIONS what {function.__name__}'s {name} may be."
            built[name] = OPTIONS[name](program)
    return built


@pytest.fixture(scope="module")
def sample():
    return tpm.load("sample:")


@pytest.fixture(scope="module")
def nothing(sample):
    empty = {name: table.head(0) for name, table in sample.tables().items()}
    return Program.from_tables(empty, as_of=sample.as_of)


def frames_in(given):
    tables = {}
    for name, value in given.items():
        if isinstance(value, pd.DataFrame):
            tables[name] = value
        elif isinstance(value, Program):
            tables |= value.tables()
    return tables


def test_metrics_of_every_subject_are_found():
    subjects = {name.partition(".")[0] for name in METRICS}
    assert set(metrics.__all__) <= subjects
    assert len(METRICS) >= 25


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_changes_none_of_its_inputs_and_answers_the_same_again(name, sample):
    given = arguments(METRICS[name], sample)
    before = {key: table.copy(deep=True) for key, table in frames_in(given).items()}
    first = METRICS[name](**given)
    for key, table in frames_in(given).items():
        pd.testing.assert_frame_equal(table, before[key])
    pd.testing.assert_frame_equal(METRICS[name](**given), first)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_yields_the_declared_table(name, sample):
    declared = table_of(get_type_hints(METRICS[name])["return"])
    answer = METRICS[name](**arguments(METRICS[name], sample))
    declared.validate(answer)
    if issubclass(declared, Result):
        assert list(answer.columns) == list(declared.declared())
    assert answer.index.equals(pd.RangeIndex(len(answer)))


@pytest.mark.parametrize("name", METRICS)
def test_of_nothing_a_metric_tells_nothing_in_the_right_columns(name, nothing):
    declared = table_of(get_type_hints(METRICS[name])["return"])
    answer = METRICS[name](**arguments(METRICS[name], nothing))
    declared.validate(answer)
    assert list(answer.columns)[: len(declared.declared())] == list(declared.declared())
    assert answer.empty or name in TELLS_OF_NOTHING
