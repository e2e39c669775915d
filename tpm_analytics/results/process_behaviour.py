"""What process behaviour charts yield."""

from __future__ import annotations

from tpm_analytics.program.table import Count, Day, Flag, Result, Series, column


class Behaviour(Result):
    """One row per figure, in order of group and time, with the limits it is held against."""

    group: Series[str] = column("Whose figures", nullable=True)
    period_on: Series[Day] = column("Period")
    value: Series[float] = column("Figure")
    moving_range: Series[float] = column("Distance from the figure before", ge=0, nullable=True)
    centre: Series[float] = column("Usual level", nullable=True)
    lower: Series[float] = column("Lowest to be expected", nullable=True)
    upper: Series[float] = column("Highest to be expected", nullable=True)
    upper_range: Series[float] = column("Largest change to be expected", ge=0, nullable=True)
    spread: Series[str] = column("Limits rest on the mean or the median moving range")
    figures: Series[Count] = column("Figures the limits rest on", "figures", ge=1)
    outside: Series[Flag] = column("Outside the limits")
    run: Series[Flag] = column("One of eight or more in a row on one side of the usual level")
    near: Series[Flag] = column("One of three in four nearer a limit than the usual level")
    jump: Series[Flag] = column("Larger change than is to be expected")
    side: Series[str] = column("Above, below or on the usual level", nullable=True)
    signal: Series[str] = column("Why it is a signal", nullable=True)


class Signals(Result):
    """One row per unbroken stretch of signals of one rule, the newest first."""

    group: Series[str] = column("Whose figures", nullable=True)
    signal: Series[str] = column("What was seen")
    side: Series[str] = column("Side of the usual level", nullable=True)
    from_on: Series[Day] = column("From")
    to_on: Series[Day] = column("To")
    figures: Series[Count] = column("Figures that take part", ge=1)
    level: Series[float] = column("Mean of them")
    centre: Series[float] = column("Usual level")
    lasting: Series[Flag] = column("Lasts to the newest")


class Levels(Result):
    """One row per group: what is to be expected of its next figure."""

    group: Series[str] = column("Whose figures", nullable=True)
    figures: Series[Count] = column("Figures the limits rest on", "figures", ge=1)
    spread: Series[str] = column("Limits rest on the mean or the median moving range")
    centre: Series[float] = column("Usual level", nullable=True)
    lower: Series[float] = column("Lowest to be expected", nullable=True)
    upper: Series[float] = column("Highest to be expected", nullable=True)
    latest_on: Series[Day] = column("Newest period")
    latest: Series[float] = column("Newest figure")
    signals: Series[Count] = column("Figures that are signals", "figures", ge=0)
    lasting: Series[str] = column("Signal the newest figure takes part in", nullable=True)
