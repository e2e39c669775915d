"""Many futures of one plan: its finish and its cost by trial, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tpm_analytics.models import network, sampling, settled
from tpm_analytics.models.network import FF, FS, SAME_TIME, SF, Network
from tpm_analytics.models.sampling import Durations
from tpm_analytics.models.settled import Rest
from tpm_analytics.models.spreads import Sums
from tpm_analytics.models.working_time import WorkingTime

# Trials drawn and passed through at once: a row of them stays in the processor's cache
CHUNK = network.BLOCK
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class RiskEvents:
    """What may happen to a plan.

    Attributes
    ----------
    probability
        Of each risk.
    activity
        Which activity each strikes; `NOWHERE` if it costs money only.
    days, cost
        Working days and money it takes if it happens.
    """

    probability: np.ndarray
    activity: np.ndarray
    days: np.ndarray
    cost: np.ndarray


NO_RISKS = RiskEvents(np.zeros(0), np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Plan:
    """A network with the laws of its durations, its costs and its risks.

    Attributes
    ----------
    net, durations
        Links, and laws of the working days left of each activity.
    fixed_cost, daily_cost
        Money each activity costs however long it takes, and per working day.
    risks
        What may happen.
    loadings
        Shared drivers; see `sampling.drawn`.
    earliest, begun, time
        As in `network.forward`.
    """

    net: Network
    durations: Durations
    fixed_cost: np.ndarray
    daily_cost: np.ndarray
    risks: RiskEvents = NO_RISKS
    loadings: np.ndarray | None = None
    earliest: np.ndarray | None = None
    begun: np.ndarray | None = None
    time: WorkingTime | None = None

    @property
    def count(self) -> int:
        """Number of activities."""
        return len(self.durations.family)


@dataclass(frozen=True, eq=False)
class Futures:
    """What came out, trial by trial and activity by activity.

    Attributes
    ----------
    finish, cost
        Working time at which the last activity ends, and cost, of each trial.
    reached
        Working time at which each of the activities asked for ends, activities x trials.
    happened
        Share of the trials in which each risk happened.
    criticality
        Share of the trials in which an activity was on a longest path.
    cruciality
        Correlation of an activity's duration with the finish; NaN where one of them is constant.
    sensitivity
        Schedule sensitivity index: criticality x spread of the duration / spread of the finish.
    mean_duration
        Of each activity, its risks included.
    """

    finish: np.ndarray
    cost: np.ndarray
    reached: np.ndarray
    happened: np.ndarray
    criticality: np.ndarray
    cruciality: np.ndarray
    sensitivity: np.ndarray
    mean_duration: np.ndarray


def simulate(plan: Plan, *, trials: int, seed: int, targets: Sequence[int] = ()) -> Futures:
    """Let a plan come true many times.

    Parameters
    ----------
    plan
        The plan.
    trials
        How many futures.
    seed
        The same seed gives the same futures, and another plan of the same size the same luck.
    targets
        Activities whose finish is wanted trial by trial, such as those that reach a milestone.

    Notes
    -----
    Criticality: Van Slyke 1963. Cruciality and the schedule sensitivity index: Williams 1992;
    Project Management Institute, "A Guide to the Project Management Body of Knowledge", 2004.
    Cost and memory grow with activities x trials; memory holds `CHUNK` trials at once.

    Examples
    --------
    >>> net = network.network(2, *(np.array([], dtype=int),) * 3, np.zeros(0))
    >>> laws = sampling.three_point(*(np.array([2.0, 1.0]),) * 3)
    >>> plan = Plan(net, laws, np.zeros(2), np.array([10.0, 0.0]))
    >>> futures = simulate(plan, trials=3, seed=0)
    >>> futures.finish.tolist(), futures.cost.tolist(), futures.criticality.tolist()
    ([2.0, 2.0, 2.0], [20.0, 20.0, 20.0], [1.0, 0.0])
    """
    part = _rest(plan)
    finish, cost = np.empty(trials), np.empty(trials)
    reached = np.empty((len(targets), trials))
    sums = Sums.of(plan.count)
    happened = np.zeros(len(plan.risks.probability))
    for columns, duration, struck in _chunks(plan, trials, seed):
        early = part.forward(duration[part.rows])
        finish[columns] = part.last(early)
        cost[columns] = _cost(plan, duration, struck)
        reached[:, columns] = _reached(part, early, targets)
        happened += struck.sum(axis=1)
        sums.add(part.rows, duration, finish[columns], _critical(plan, part, duration, early))
    return Futures(
        finish,
        cost,
        reached,
        happened / max(trials, 1),
        *sums.measures(trials),
    )


def outcomes(
    plan: Plan, *, trials: int, seed: int, targets: Sequence[int] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Finish, cost and targets reached in the futures of `simulate`, and nothing else of them."""
    part = _rest(plan)
    finish, cost = np.empty(trials), np.empty(trials)
    reached = np.empty((len(targets), trials))
    for columns, duration, struck in _chunks(plan, trials, seed):
        early = part.forward(duration[part.rows])
        finish[columns] = part.last(early)
        cost[columns] = _cost(plan, duration, struck)
        reached[:, columns] = _reached(part, early, targets)
    return finish, cost, reached


def finish_without(
    plan: Plan,
    *,
    trials: int,
    seed: int,
    risks: Sequence[int] = (),
    links: Sequence[int] = (),
    activities: Sequence[int] = (),
) -> np.ndarray:
    """Finish of each trial as it is, then without each of some risks, links and activities.

    All of them meet the same luck, so that the difference is what the removal buys in each future.

    Parameters
    ----------
    plan, trials, seed
        As in `simulate`.
    risks, links, activities
        What to take away, one at a time: positions of risks; of links, in the order given to
        `network.network`; of activities, which then take no time.

    Returns
    -------
    numpy.ndarray
        One row for the plan itself and one for each removal, in the order of the parameters.
    """
    part = _rest(plan, links=links, activities=activities)
    nets = [_without_link(part.net, link) for link in links]
    rows = 1 + len(risks) + len(links) + len(activities)
    finish = np.empty((rows, trials))
    for columns, everything, struck in _chunks(plan, trials, seed):
        duration = everything[part.rows]
        variants = _variants(plan, part, duration, struck, risks, activities)
        for row, changed in enumerate(variants):
            place = row if row <= len(risks) else row + len(links)
            finish[place, columns] = part.last(part.forward(changed))
        for number, net in enumerate(nets):
            last = part.last(replace(part, net=net).forward(duration))
            finish[1 + len(risks) + number, columns] = last
    return finish


def _rest(plan: Plan, *, links: Sequence[int] = (), activities: Sequence[int] = ()) -> Rest:
    """What of a plan has to be simulated: all else is the same in every future."""
    risks, laws = plan.risks, plan.durations
    varies = laws.family != sampling.FIXED
    strikes = (risks.activity != NOWHERE) & (risks.probability > 0) & (risks.days != 0)
    varies[risks.activity[strikes]] = True
    varies[list(activities)] = True
    return settled.rest(
        plan.net,
        laws.likely,
        varies=varies,
        earliest=plan.earliest,
        begun=plan.begun,
        time=plan.time,
        links=np.array(links, dtype=np.intp),
    )


def _reached(part: Rest, early: network.Early, targets: Sequence[int]) -> np.ndarray:
    """Finish of each target, those that are the same in every future too."""
    wanted = np.array(targets, dtype=np.intp)
    place = part.place[wanted]
    reached = np.empty((len(wanted), early.finish.shape[1]), dtype=early.finish.dtype)
    reached[:] = part.settled.finish[wanted]
    reached[place != settled.OUTSIDE] = early.finish[place[place != settled.OUTSIDE]]
    return reached


def _critical(plan: Plan, part: Rest, duration: np.ndarray, early: network.Early) -> np.ndarray:
    """Whether each activity is on a longest path in each trial.

    From the last activities back, over every link that leaves no gap.
    """
    net, last = plan.net, part.last(early)
    flags = np.zeros((plan.count, len(last)), dtype=bool)
    flags[part.rows] = early.finish >= last - SAME_TIME
    first, before, place_of = net.first.tolist(), net.before.tolist(), part.place.tolist()
    kinds, lags, demanded = net.kind.tolist(), net.lag.tolist(), part.demanded.tolist()
    for place in range(plan.count - 1, -1, -1):
        activity = int(net.order[place])
        mine, own = flags[activity], place_of[activity]
        finish = part.settled.finish[activity] if own < 0 else early.finish[own]
        if own < 0:
            mine |= finish >= last - SAME_TIME
        if first[place] == first[place + 1] or not mine.any():
            continue
        ends = finish - np.float32(SAME_TIME)
        begins = ends - duration[activity]
        soonest = {True: float(ends.min()), False: float(begins.min())}
        for link in range(first[place], first[place + 1]):
            kind, other = kinds[link], before[link]
            event = demanded[link]
            if event < soonest[kind in {FF, SF}]:
                continue
            if place_of[other] >= 0:
                event = (early.finish if kind in {FS, FF} else early.start)[place_of[other]]
                if plan.time is not None:
                    event = plan.time.carried(event, other, activity, at_end=kind in {FS, FF})
                if lags[link]:
                    event = event + np.float32(lags[link])
            flags[other] |= mine & (event >= (ends if kind in {FF, SF} else begins))
    return flags


def frontier(finish: np.ndarray, cost: np.ndarray, *, share: float, points: int = 40) -> np.ndarray:
    """Pairs of a finish and a cost that are both kept in `share` of the trials.

    Returns
    -------
    numpy.ndarray
        Rows of (finish, cost): the more time, the less money. Empty without trials.

    Examples
    --------
    >>> frontier(np.array([1.0, 2.0]), np.array([5.0, 3.0]), share=0.5, points=2).tolist()
    [[1.0, 5.0], [2.0, 3.0]]
    """
    trials = len(finish)
    if not trials:
        return np.empty((0, 2))
    needed = int(np.ceil(round(share * trials, 9)))
    by_finish = np.sort(finish)
    ranks = np.unique(np.linspace(needed - 1, trials - 1, points).round().astype(np.intp))
    pairs = []
    for day in by_finish[ranks]:
        within = np.sort(cost[finish <= day])
        pairs.append((day, within[needed - 1]))
    return np.unique(np.array(pairs), axis=0)


def _chunks(plan: Plan, trials: int, seed: int) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Yield durations, their risks included, and which risks happened, some trials at a time."""
    risks = plan.risks
    for number, begin in enumerate(range(0, trials, CHUNK)):
        size = min(CHUNK, trials - begin)
        chance = np.random.default_rng([seed, number])
        duration = sampling.drawn(plan.durations, size, chance, loadings=plan.loadings)
        luck = chance.random((len(risks.probability), size), dtype=np.float32)
        struck = luck < risks.probability[:, None]
        for risk in np.flatnonzero(risks.activity != NOWHERE):
            duration[risks.activity[risk]] += struck[risk] * np.float32(risks.days[risk])
        yield slice(begin, begin + size), duration, struck


def _variants(
    plan: Plan,
    part: Rest,
    duration: np.ndarray,
    struck: np.ndarray,
    risks: Sequence[int],
    activities: Sequence[int],
) -> Iterator[np.ndarray]:
    """Yield the durations, then those without each risk, then those without each activity.

    One array is lent again and again: it must be read before the next is asked for.
    """
    yield duration
    for risk in risks:
        activity = int(plan.risks.activity[risk])
        place = settled.OUTSIDE if activity == NOWHERE else int(part.place[activity])
        if place == settled.OUTSIDE:
            yield duration
            continue
        row = duration[place].copy()
        duration[place] -= struck[risk] * np.float32(plan.risks.days[risk])
        yield duration
        duration[place] = row
    for activity in activities:
        place = int(part.place[activity])
        row = duration[place].copy()
        duration[place] = 0
        yield duration
        duration[place] = row


def _without_link(net: Network, link: int) -> Network:
    kept = np.flatnonzero(net.source != link)
    passed = np.concatenate([[0], np.cumsum(net.source != link)])
    return replace(
        net,
        before=net.before[kept],
        after=net.after[kept],
        kind=net.kind[kept],
        lag=net.lag[kept],
        source=net.source[kept],
        first=passed[net.first],
    )


def _cost(plan: Plan, duration: np.ndarray, struck: np.ndarray) -> np.ndarray:
    daily = plan.daily_cost.astype(np.float32) @ duration
    events = plan.risks.cost @ struck
    total: np.ndarray = plan.fixed_cost.sum() + daily + events
    return total
