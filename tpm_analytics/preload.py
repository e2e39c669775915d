"""What every report does, done once on two invented items: for a fork server, before it forks.

The first table that pandera checks and the first chart that Altair draws take a second more than
the second ones; kernels forked after them need not wait.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

from tpm_analytics import head_start

# Pandera would import these whole, or look for them thousands of times, to know their types by name
_NOT_NEEDED = ("dask.dataframe", "geopandas")

with head_start.hidden(*_NOT_NEEDED):
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa
    import pandera.typing

    from tpm_analytics import charts, readings, results
    from tpm_analytics.metrics import flow
    from tpm_analytics.models import sampling
    from tpm_analytics.program import Program
    from tpm_analytics.sources import load, recorded

# What a notebook asks for by the facade, each with all that it imports in turn
ROOMS = (charts, readings, load, recorded)

_WHEN = ["2025-03-03T09:00:00Z", "2025-03-05T09:00:00Z", "2025-03-07T09:00:00Z"]


def small_program() -> Program:
    """Return a program of two items, one finished."""
    created, started, finished = _WHEN
    items = {"item_id": ["A-1", "A-2"], "title": ["One", "Two"], "created_at": [created, created]}
    transitions = {
        "item_id": ["A-1", "A-1", "A-2"],
        "at": [started, finished, started],
        "from_status": ["To Do", "In Progress", "To Do"],
        "to_status": ["In Progress", "Done", "In Progress"],
    }
    tables = {"items": pd.DataFrame(items), "transitions": pd.DataFrame(transitions)}
    return Program.from_tables(tables, source="preload").at(finished[:10])


def use() -> None:
    """Make the schema of each table, compute and draw."""
    data = small_program()
    for module in pkgutil.walk_packages(results.__path__, f"{results.__name__}."):
        _make_schemas(importlib.import_module(module.name))
    times = flow.cycle_time(data.items)
    weekly = flow.throughput(data.items, until=data.as_of, every="week")
    charts.flow.cycle_time_scatter(flow.thinned(times), flow.percentiles(times)).to_dict()
    charts.flow.throughput_bars(weekly).to_dict()
    readings.flow.throughput(weekly)
    # the tables by which durations are drawn
    law = sampling.three_point(*np.array([[1.0], [2.0], [4.0]]))
    sampling.drawn(law, 1, np.random.default_rng(0))


def _make_schemas(module: object) -> None:
    for model in vars(module).values():
        if isinstance(model, type) and issubclass(model, pa.DataFrameModel):
            model.to_schema()


def _look_again() -> None:
    """Let pandera find in a notebook what it was not to find here."""
    for module in ("dask", "geopandas"):
        sys.modules.pop(f"{pandera.typing.__name__}.{module}", None)
        vars(pandera.typing).pop(module, None)
    for known in ("get_dataframe_types", "get_series_types", "get_index_types"):
        getattr(pandera.typing, known).cache_clear()


with head_start.hidden(*_NOT_NEEDED):
    use()
_look_again()
