"""What holds of every metric: found by its types, so that none can be forgotten."""

import inspect
import pkgutil
from importlib import import_module
from typing import get_args, get_origin, get_type_hints

import pandas as pd
import pytest
from pandera.typing import DataFrame

import tpm_analytics as tpm
from tests.tables import assert_same_table
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


HINTS = {function: get_type_hints(function) for function in METRICS.values()}


def maker_of(result):
    """Find the metric that yields `result` out of other tables."""
    for function, hints in HINTS.items():
        taken = {table_of(hint) for name, hint in hints.items() if name != "return"}
        if table_of(hints["return"]) is result and result not in taken:
            return function
    raise AssertionError(f"No metric yields {result.__name__}, which another one reads.")


class Given:
    """What metrics are given of one program: tables by their type, options by their name."""

    def __init__(self, program):
        self.program = program
        self.made = {}
        self.answers = {}

    def arguments(self, function):
        """Build the arguments of a metric; a table that several read is made once."""
        built = {}
        for name, parameter in inspect.signature(function).parameters.items():
            hint = HINTS[function][name]
            table = table_of(hint)
            if hint is Program:
                built[name] = self.program
            elif table in NAME_OF_TABLE:
                built[name] = getattr(self.program, NAME_OF_TABLE[table])
            elif table is not None and issubclass(table, Result):
                built[name] = self._made_by(maker_of(table), function.__name__)
            elif parameter.default is inspect.Parameter.empty:
                assert name in OPTIONS, f"Tell in OPTIONS what {function.__name__}'s {name} may be."
                built[name] = OPTIONS[name](self.program)
        return built

    def _made_by(self, maker, reader):
        taken = inspect.signature(maker).parameters
        options = MADE_WITH.get(reader, {})
        chosen = {key: value for key, value in options.items() if key in taken}
        key = (maker, *chosen.items())
        if key not in self.made:
            self.made[key] = maker(**self.arguments(maker), **chosen)
        return self.made[key]

    def answer(self, name):
        """Return what a metric answered first."""
        if name not in self.answers:
            self.answers[name] = METRICS[name](**self.arguments(METRICS[name]))
        return self.answers[name]


@pytest.fixture(scope="module")
def sample():
    return Given(tpm.load("sample:"))


@pytest.fixture(scope="module")
def nothing(sample):
    empty = {name: table.head(0) for name, table in sample.program.tables().items()}
    return Given(Program.from_tables(empty, as_of=sample.program.as_of))


@pytest.fixture(scope="module")
def kept(sample):
    """Tables, and copies of them as they were before any metric saw them, by their identity."""
    return {id(table): copied(table) for table in sample.program.tables().values()}


def copied(table):
    return table, table.copy(deep=True)


def frames_in(given):
    tables = []
    for value in given.values():
        if isinstance(value, pd.DataFrame):
            tables.append(value)
        elif isinstance(value, Program):
            tables += value.tables().values()
    return tables


def test_metrics_of_every_subject_are_found():
    subjects = {name.partition(".")[0] for name in METRICS}
    assert set(metrics.__all__) <= subjects
    assert len(METRICS) >= 25


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_changes_none_of_its_inputs_and_answers_the_same_again(name, sample, kept):
    given = sample.arguments(METRICS[name])
    for table in frames_in(given):
        kept.setdefault(id(table), copied(table))
    first = sample.answer(name)
    for table in frames_in(given):
        _, before = kept[id(table)]
        assert_same_table(table, before)
    assert_same_table(METRICS[name](**given), first)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_yields_the_declared_table(name, sample):
    declared = table_of(HINTS[METRICS[name]]["return"])
    answer = sample.answer(name)
    declared.validate(answer)
    if issubclass(declared, Result):
        assert list(answer.columns) == list(declared.declared())
    assert answer.index.equals(pd.RangeIndex(len(answer)))


@pytest.mark.parametrize("name", METRICS)
def test_of_nothing_a_metric_tells_nothing_in_the_right_columns(name, nothing):
    declared = table_of(HINTS[METRICS[name]]["return"])
    answer = nothing.answer(name)
    declared.validate(answer)
    assert list(answer.columns)[: len(declared.declared())] == list(declared.declared())
    assert answer.empty or name in TELLS_OF_NOTHING
