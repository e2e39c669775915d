"""The answers of the flow metrics as SQL, for the benchmark: one statement a metric."""

from __future__ import annotations

from tpm_analytics.metrics import flow

# Tables as ours are when a program is loaded: items by their number, statuses as an enum in the
# order of the workflow, days of starts and finishes derived already.
STAYS = """
CREATE OR REPLACE TEMP TABLE stays AS
WITH entered AS (
    SELECT t.item, i.team, i.kind, t.to_status AS status, s.stage, t.moved_at AS entered_at,
        lead(t.moved_at) OVER (PARTITION BY t.item ORDER BY t.moved_at) AS left_at,
        i.started_at, i.finished_at, i.started_on
    FROM transitions t JOIN items i USING (item) JOIN statuses s ON s.status = t.to_status
    WHERE t.from_status IS DISTINCT FROM t.to_status
)
SELECT item, team, kind, status, stage, entered_at,
    (entered_at AT TIME ZONE '{zone}')::DATE AS entered_on,
    (left_at AT TIME ZONE '{zone}')::DATE AS left_on,
    (epoch_us(coalesce(left_at, '{now}'::TIMESTAMPTZ)) - epoch_us(entered_at)) / 86400e6 AS days,
    coalesce(entered_at >= started_at AND (finished_at IS NULL OR entered_at < finished_at), false)
        AS underway,
    CASE WHEN entered_at >= started_at AND (finished_at IS NULL OR entered_at < finished_at)
        THEN coalesce((left_at AT TIME ZONE '{zone}')::DATE, DATE '{until}') - started_on + 1
        END AS age_days,
    finished_at IS NOT NULL AS finished
FROM entered
"""

CYCLE_TIMES = """
CREATE OR REPLACE TEMP TABLE cycle_times AS
SELECT item, item_id, title, kind, team, started_on, finished_on,
    finished_on - started_on + 1 AS cycle_days
FROM items WHERE finished_on >= started_on
"""

_GROUPED = """
SELECT {by}::VARCHAR AS "group", count(*) AS items, quantile_disc(cycle_days, 0.5) AS median_days,
    quantile_disc(cycle_days, 0.85) AS p85_days, quantile_disc(cycle_days, 0.95) AS p95_days,
    max(cycle_days) AS slowest_days
FROM cycle_times GROUP BY {by} ORDER BY {by}
"""

_WEEKS = """
weeks AS (
    SELECT unnest(generate_series(date_trunc('week', ({first})::DATE),
        DATE '{until}' - INTERVAL 6 DAY, INTERVAL 7 DAY))::DATE AS period_on
)"""

_PLACES = """
SELECT team, status, any_value(stage) AS stage, count(*) AS passed,
    sum(greatest(least(coalesce(left_on, {final}), {final}) - greatest(entered_on, {first}), 0))
        / ({final} - {first}) AS mean_items,
    count(*) FILTER (entered_on >= {first}) AS entered,
    count(*) FILTER (left_on < {final}) AS "left",
    count(*) FILTER (left_on >= {final} OR left_on IS NULL) AS at_end,
    count(*) FILTER (left_on IS NULL) AS here_now,
    quantile_disc(days, 0.5) FILTER (left_on < {final}) AS median_days
FROM stays
WHERE underway AND (left_on >= {first} OR left_on IS NULL) AND entered_on < {final}
GROUP BY team, status
"""

_NOW = {"first": "(DATE '{until}' + 1 - 91)", "final": "(DATE '{until}' + 1)"}
_BEFORE = {"first": "(DATE '{until}' + 1 - 182)", "final": "(DATE '{until}' + 1 - 91)"}

_MOVES = """
moves AS (
    SELECT item, team, status, stage, days, underway, finished,
        lag(status) OVER w AS from_status, lag(stage) OVER w AS from_stage
    FROM stays WINDOW w AS (PARTITION BY item ORDER BY entered_at)
)"""

_CONVENTIONS = """
SELECT {place} AS place, count(days) AS items, {quantile}(days, 0.5) AS median_days,
    {quantile}(days, 0.85) AS p85_days,
    count(*) FILTER (last_on > DATE '{{until}}' - 91) AS finished_lately
FROM (SELECT CASE WHEN first_on <= last_on THEN {days} END AS days, last_on FROM ({source}))
"""
_OURS = (
    "SELECT started_on AS first_on, finished_on AS last_on, * FROM items WHERE finished_on NOTNULL"
)
_IN_ZONE = """
SELECT (started_at AT TIME ZONE '{0}')::DATE AS first_on,
    (finished_at AT TIME ZONE '{0}')::DATE AS last_on FROM items WHERE finished_on NOTNULL
"""
_FIRST = """
SELECT started_on AS first_on,
    (coalesce(moved_at, finished_at) AT TIME ZONE '{zone}')::DATE AS last_on
FROM items LEFT JOIN (
    SELECT item, min(moved_at) AS moved_at FROM transitions JOIN statuses ON status = to_status
    WHERE stage = 'done' GROUP BY item
) USING (item) WHERE coalesce(moved_at, finished_at) NOTNULL
"""
_SPAN = "last_on - first_on + 1"


def conventions() -> str:
    """Every way of counting in one statement, by its place in our table."""
    ways = [
        (_OURS, _SPAN, "quantile_disc"),
        (_OURS, "last_on - first_on", "quantile_disc"),
        (
            _OURS,
            "greatest(epoch_us(finished_at) - epoch_us(started_at), 0) / 86400e6",
            "quantile_disc",
        ),
        (_OURS, _weekdays(), "quantile_disc"),
        (
            "SELECT created_on AS first_on, finished_on AS last_on FROM items "
            "WHERE finished_on NOTNULL",
            _SPAN,
            "quantile_disc",
        ),
        (_FIRST, _SPAN, "quantile_disc"),
        (_OURS, _SPAN, "quantile_cont"),
        *((_IN_ZONE.format(zone), _SPAN, "quantile_disc") for zone in _OTHER_ZONES),
    ]
    parts = [
        _CONVENTIONS.format(place=place, quantile=quantile, days=days, source=source).replace(
            "{{until}}", "{until}"
        )
        for place, (source, days, quantile) in enumerate(ways)
    ]
    return " UNION ALL ".join(parts) + " ORDER BY place"


_OTHER_ZONES = ("UTC", "America/New_York", "Asia/Tokyo")


def _weekdays() -> str:
    """Weekdays from `first_on` to `last_on`: those since a Monday up to each, subtracted."""
    since = "5 * ((({day}) - DATE '1970-01-05') // 7) + least((({day}) - DATE '1970-01-05') % 7, 5)"
    return f"({since.format(day='last_on + 1')}) - ({since.format(day='first_on')})"


QUERIES: dict[str, str] = {
    "cycle_time": "SELECT * FROM cycle_times ORDER BY finished_on, item",
    "percentiles": f"""
        SELECT unnest({list(flow.SHARES)}) AS share,
            unnest(quantile_disc(cycle_days, {list(flow.SHARES)})) AS cycle_days
        FROM cycle_times""",
    "times_by_team": _GROUPED.format(by="team"),
    "times_by_kind": _GROUPED.format(by="kind"),
    "histogram": """
        WITH width AS (
            SELECT min(w) AS w FROM unnest([1, 2, 5, 7, 14, 28, 91, 182, 364]) AS t(w)
            WHERE (SELECT quantile_disc(cycle_days, 0.98) FROM cycle_times) <= 30 * w
        ), bars AS (
            SELECT w, ceil((SELECT quantile_disc(cycle_days, 0.98) FROM cycle_times) / w)::INT AS n
            FROM width
        )
        SELECT least((cycle_days - 1) // w, n) * w + 1 AS from_days, count(*) AS items
        FROM cycle_times, bars GROUP BY 1 ORDER BY 1""",
    "throughput": f"""
        WITH {_WEEKS.format(first="SELECT min(finished_on) FROM items", until="{until}")}
        SELECT period_on, count(item) AS items,
            CASE WHEN count(item) = 0 THEN 0 ELSE sum(points) END AS points
        FROM weeks LEFT JOIN items ON date_trunc('week', finished_on) = period_on
        GROUP BY period_on ORDER BY period_on""",
    "work_in_progress": """
        WITH begun AS (
            SELECT started_on, finished_on FROM items
            WHERE started_on NOTNULL AND NOT coalesce(finished_on < started_on, false)
        ), days AS (
            SELECT unnest(generate_series((SELECT min(started_on) FROM begun), DATE '{until}',
                INTERVAL 1 DAY))::DATE AS day_on
        ), changes AS (
            SELECT day_on, sum(change) AS change FROM (
                SELECT started_on AS day_on, 1 AS change FROM begun
                UNION ALL SELECT finished_on + 1, -1 FROM begun WHERE finished_on NOTNULL
            ) GROUP BY day_on
        )
        SELECT day_on, sum(coalesce(change, 0)) OVER (ORDER BY day_on) AS items
        FROM days LEFT JOIN changes USING (day_on) ORDER BY day_on""",
    "age": """
        SELECT item, title, team, status, started_on, DATE '{until}' - started_on + 1 AS age_days
        FROM items WHERE finished_on IS NULL AND started_on <= DATE '{until}'
        ORDER BY age_days DESC, item_id""",
    "unmeasured": """
        SELECT count(*) FILTER (started_on IS NULL) AS unstarted,
            count(*) FILTER (finished_on < started_on) AS turned
        FROM items WHERE finished_on NOTNULL""",
    "time_in_status": """
        SELECT status, any_value(stage) AS stage, count(DISTINCT item) AS items,
            count(*) FILTER (left_on IS NULL) AS here_now,
            quantile_disc(days, 0.5) FILTER (left_on NOTNULL) AS median_days,
            quantile_disc(days, 0.85) FILTER (left_on NOTNULL) AS p85_days,
            sum(days) AS total_days,
            coalesce(sum(days) FILTER (underway), 0)
                / sum(coalesce(sum(days) FILTER (underway), 0)) OVER () AS share
        FROM stays WHERE underway OR stage <> 'done' GROUP BY status ORDER BY status""",
    "paces": f"""
        WITH leaves AS (
            SELECT item, status, arg_max(age_days, entered_at) AS age_days
            FROM stays WHERE underway AND finished AND stage <> 'done' GROUP BY item, status
        )
        SELECT status, unnest({list(flow.PACE_SHARES)}) AS share, count(*) AS items,
            unnest(quantile_disc(age_days, {list(flow.PACE_SHARES)})) AS age_days
        FROM leaves GROUP BY status ORDER BY status, share""",
    "ageing": f"""
        WITH leaves AS (
            SELECT item, status, arg_max(age_days, entered_at) AS age_days
            FROM stays WHERE underway AND finished AND stage <> 'done' GROUP BY item, status
        ), by_age AS (SELECT status, age_days, count(*) AS n FROM leaves GROUP BY status, age_days),
        passed AS (SELECT status, sum(n) AS n FROM by_age GROUP BY status),
        going AS (
            SELECT item, status, DATE '{{until}}' - started_on + 1 AS age_days FROM items
            WHERE finished_on IS NULL AND started_on <= DATE '{{until}}'
        )
        SELECT g.item, g.age_days, CASE WHEN any_value(p.n) >= {flow.ENOUGH}
            THEN coalesce(sum(b.n), 0) / any_value(p.n) END AS older_than
        FROM going g LEFT JOIN by_age b ON b.status = g.status AND b.age_days < g.age_days
            LEFT JOIN passed p ON p.status = g.status
        GROUP BY g.item, g.age_days ORDER BY g.item""",
    "efficiency": "SELECT * FROM efficiencies ORDER BY item",
    "team_efficiency": """
        SELECT team, count(*) AS items, sum(active_days) AS active_days,
            sum(waiting_days) AS waiting_days, sum(blocked_days) AS blocked_days,
            least(sum(active_days) / sum(active_days + waiting_days + blocked_days), 1)
                AS efficiency, quantile_disc(efficiency, 0.5) AS median_efficiency
        FROM efficiencies GROUP BY team ORDER BY team""",
    "blocked_time": """
        WITH lasted AS (
            SELECT b.reason, b.item, b.unblocked_at IS NULL AND i.finished_at IS NULL AS lasting,
                greatest(epoch_us(least(coalesce(b.unblocked_at, '{now}'::TIMESTAMPTZ),
                    '{now}'::TIMESTAMPTZ, coalesce(i.finished_at, '{now}'::TIMESTAMPTZ)))
                    - epoch_us(b.blocked_at), 0) / 86400e6 AS days
            FROM blocks b JOIN items i USING (item)
        )
        SELECT reason, count(*) AS blocks, count(DISTINCT item) AS items,
            sum(days) AS blocked_days, quantile_disc(days, 0.5) AS median_days,
            count(*) FILTER (lasting) AS open_now
        FROM lasted GROUP BY reason ORDER BY reason""",
    "bottlenecks": f"""
        WITH now AS ({_PLACES.format(**_NOW)}), before AS ({_PLACES.format(**_BEFORE)})
        SELECT n.team, n.status,
            CASE WHEN n.stage = 'waiting' THEN n.mean_items ELSE n.mean_items - b.mean_items END
                AS held_up, n.mean_items, b.mean_items AS before_items, n.entered, n.left,
            n.median_days, b.median_days AS before_days, n.here_now
        FROM now n LEFT JOIN before b USING (team, status)
        WHERE n.stage <> 'done' ORDER BY n.team, n.status""",
    "queues": f"""
        WITH weeks AS (
            SELECT unnest(generate_series(DATE '{{until}}' + 1 - 7 * {flow.SHOWN_WEEKS},
                DATE '{{until}}' - 6, INTERVAL 7 DAY))::DATE AS period_on
        ), taken AS (
            SELECT team, entered_on, left_on, days FROM stays
            WHERE underway AND status = '{{worst}}' AND
                (left_on >= DATE '{{until}}' + 1 - 7 * {flow.SHOWN_WEEKS} OR left_on IS NULL)
        )
        SELECT team, period_on,
            count(*) FILTER (entered_on < period_on + 7
                AND (left_on >= period_on + 7 OR left_on IS NULL)) AS items,
            quantile_disc(days, 0.5) FILTER (left_on >= period_on AND left_on < period_on + 7
                AND entered_on < period_on + 7) AS median_days
        FROM taken, weeks GROUP BY team, period_on ORDER BY team, period_on""",
    "handovers": f"""
        WITH {_MOVES}, taken AS (SELECT * FROM moves WHERE underway AND finished),
        working AS (
            SELECT item, status <> lag(status) OVER (PARTITION BY item ORDER BY entered_at) AS other
            FROM stays WHERE underway AND finished AND stage = 'active'
        ), hands AS (
            SELECT item, count(*) FILTER (other) AS hands FROM working GROUP BY item
        ), whole AS (
            SELECT item, any_value(team) AS team, sum(days) AS days,
                bool_or(stage = 'done') AS reopened
            FROM taken GROUP BY item
        ), backs AS (
            SELECT m.item, bool_or(m.from_stage <> 'done' AND m.status < m.from_status
                AND m.from_underway) AS went_back
            FROM (SELECT item, status, stage, underway, finished,
                lag(status) OVER w AS from_status, lag(stage) OVER w AS from_stage,
                lag(underway) OVER w AS from_underway
                FROM stays WINDOW w AS (PARTITION BY item ORDER BY entered_at)) m
            WHERE m.underway AND m.finished GROUP BY m.item
        )
        SELECT team, count(*) AS items, avg(coalesce(hands, 0)) AS handovers,
            avg(coalesce(went_back, false)::INT) AS went_back, avg(reopened::INT) AS reopened,
            quantile_disc(days, 0.5) FILTER (NOT coalesce(went_back, false)) AS days_plain,
            quantile_disc(days, 0.5) FILTER (went_back) AS days_back
        FROM whole LEFT JOIN hands USING (item) LEFT JOIN backs USING (item)
        GROUP BY team ORDER BY team""",
    "moves_back": f"""
        WITH {_MOVES}, leaves AS (
            SELECT from_status, count(*) AS n FROM moves WHERE from_status NOTNULL GROUP BY 1
        )
        SELECT from_status, status AS to_status, count(*) AS moves, count(DISTINCT item) AS items,
            count(*) / any_value(n) AS share
        FROM moves JOIN leaves USING (from_status)
        WHERE (from_stage <> 'done' AND status < from_status)
            OR (from_stage = 'done' AND stage <> 'done')
        GROUP BY 1, 2 ORDER BY 1, 2""",
    "arrivals_and_departures": f"""
        WITH {_WEEKS.format(first="SELECT min(created_on) FROM items", until="{until}")},
        a AS (SELECT date_trunc('week', created_on) AS p, count(*) AS n FROM items GROUP BY 1),
        b AS (SELECT date_trunc('week', started_on) AS p, count(*) AS n FROM items GROUP BY 1),
        c AS (SELECT date_trunc('week', finished_on) AS p, count(*) AS n FROM items GROUP BY 1)
        SELECT period_on, coalesce(a.n, 0) AS arrived, coalesce(b.n, 0) AS begun,
            coalesce(c.n, 0) AS finished,
            sum(coalesce(a.n, 0) - coalesce(c.n, 0)) OVER (ORDER BY period_on) AS still_open
        FROM weeks LEFT JOIN a ON a.p = period_on LEFT JOIN b ON b.p = period_on
            LEFT JOIN c ON c.p = period_on ORDER BY period_on""",
    "distribution": """
        WITH done AS (SELECT kind, date_trunc('month', finished_on)::DATE AS period_on FROM items
            WHERE finished_on <= DATE '{until}'),
        months AS (SELECT unnest(generate_series((SELECT min(period_on) FROM done),
            DATE '{until}' - INTERVAL 30 DAY, INTERVAL 1 MONTH))::DATE AS period_on),
        kinds AS (SELECT DISTINCT kind FROM done),
        counted AS (SELECT period_on, kind, count(*) AS n FROM done GROUP BY ALL)
        SELECT period_on, kind, coalesce(n, 0) AS items,
            coalesce(n, 0) / sum(coalesce(n, 0)) OVER (PARTITION BY period_on) AS share
        FROM months CROSS JOIN kinds LEFT JOIN counted USING (period_on, kind)
        ORDER BY period_on, kind""",
    "cumulative_flow": f"""
        WITH days AS (SELECT unnest(generate_series(DATE '{{until}}' - {flow.FLOW_DAYS - 1},
            DATE '{{until}}', INTERVAL 1 DAY))::DATE AS day_on),
        first AS (SELECT DATE '{{until}}' - {flow.FLOW_DAYS} AS day_on),
        changes AS (
            SELECT greatest(entered_on, first.day_on) AS day_on, status, stage, 1 AS change
            FROM stays, first WHERE left_on > first.day_on OR left_on IS NULL
            UNION ALL
            SELECT left_on, status, stage, -1 FROM stays, first WHERE left_on > first.day_on
        ), daily AS (
            SELECT changes.day_on, status, sum(change) AS change FROM changes, first
            WHERE stage <> 'backlog' AND NOT (stage = 'done' AND changes.day_on = first.day_on)
            GROUP BY changes.day_on, status
        ), grid AS (
            SELECT day_on, status FROM (FROM days UNION ALL FROM first), statuses
            WHERE stage <> 'backlog'
        ), counted AS (
            SELECT day_on, status,
                sum(coalesce(change, 0)) OVER (PARTITION BY status ORDER BY day_on) AS items
            FROM grid LEFT JOIN daily USING (day_on, status)
        )
        SELECT counted.* FROM counted JOIN days USING (day_on) ORDER BY day_on, status""",
    "littles_law": f"""
        WITH spans AS (
            SELECT DATE '{{until}}' - {flow.LAW_DAYS} * (n + 1) + 1 AS from_on,
                DATE '{{until}}' - {flow.LAW_DAYS} * n AS to_on
            FROM (SELECT unnest(range({flow.LAW_SPANS}))::INT AS n)
        ), begun AS (
            SELECT started_on, finished_on FROM items
            WHERE started_on NOTNULL AND NOT coalesce(finished_on < started_on, false)
        )
        SELECT from_on, sum(least(coalesce(finished_on, to_on), to_on)
                - greatest(started_on, from_on) + 1) / {flow.LAW_DAYS} AS mean_items,
            count(*) FILTER (finished_on <= to_on) AS finished,
            avg(finished_on - started_on + 1) FILTER (finished_on <= to_on) AS mean_cycle_days,
            count(*) FILTER (finished_on IS NULL OR finished_on > to_on)
                - count(*) FILTER (started_on < from_on) AS change
        FROM spans JOIN begun ON started_on <= to_on
            AND (finished_on >= from_on OR finished_on IS NULL)
        GROUP BY from_on ORDER BY from_on""",
    "conventions": conventions(),
}

EFFICIENCIES = """
CREATE OR REPLACE TEMP TABLE efficiencies AS
WITH taken AS (
    SELECT item, stage, entered_at, days,
        epoch_us(entered_at) + round(days * 86400e6)::BIGINT AS left_us FROM stays
    WHERE underway AND finished
), edges AS (
    SELECT item, epoch_us(blocked_at) AS begins,
        coalesce(epoch_us(unblocked_at), 9000000000000000) AS ends
    FROM blocks WHERE unblocked_at IS NULL OR unblocked_at > blocked_at
), marked AS (
    SELECT *, coalesce(begins > max(ends) OVER (PARTITION BY item ORDER BY begins
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS apart FROM edges
), numbered AS (
    SELECT *, sum(apart::INT) OVER (PARTITION BY item ORDER BY begins) AS n FROM marked
), merged AS (
    SELECT item, min(begins) AS begins, max(ends) AS ends FROM numbered GROUP BY item, n
), held AS (
    SELECT item, sum(overlap) AS blocked, sum(overlap) FILTER (stage = 'active') AS blocked_active
    FROM (
        SELECT item, stage, greatest(least(left_us, ends) - greatest(epoch_us(entered_at), begins),
            0) / 86400e6 AS overlap FROM taken JOIN merged USING (item)
    ) GROUP BY item
), whole AS (
    SELECT item, sum(days) AS total, coalesce(sum(days) FILTER (stage = 'active'), 0) AS active
    FROM taken GROUP BY item
), parted AS (
    SELECT item, total, greatest(active - coalesce(blocked_active, 0), 0) AS active_days,
        coalesce(blocked, 0) AS blocked_days
    FROM whole LEFT JOIN held USING (item)
)
SELECT item, item_id, team, kind, finished_on, active_days,
    greatest(total - active_days - blocked_days, 0) AS waiting_days, blocked_days,
    CASE WHEN total > 0 THEN least(active_days / total, 1) END AS efficiency
FROM parted JOIN items USING (item)
"""

PREPARED = {"stays": STAYS, "cycle_times": CYCLE_TIMES, "efficiencies": EFFICIENCIES}
