"""All early warnings of a program, as the notebook makes them."""

from types import SimpleNamespace

import pandas as pd

from tpm_analytics.metrics import early_warning, schedule


def warned(program, weeks=13):
    """Every table of warnings of a program, and the ranked list."""
    until = program.as_of
    before = program.at(until - pd.Timedelta(weeks=weeks))
    tracked = schedule.program_schedule(program, of="items")
    items = early_warning.known_items(program)
    room = early_warning.item_room(items, program.links, tracked)
    told = {
        "overdue": early_warning.overdue(early_warning.under_way(program), until=until, room=room),
        "chains": early_warning.blocked_chains(
            items, program.links, program.blocks, until=until, room=room
        ),
        "growth": early_warning.scope_growth(items, until=until),
        "holders": early_warning.holders(items, until=until, room=room),
        "moved": early_warning.moved_dependencies(
            early_warning.expected_days(before, schedule.program_schedule(before)),
            early_warning.expected_days(program, schedule.program_schedule(program)),
            schedule.milestone_links(program.links, program.activities, program.milestones),
            since=before.as_of,
        ),
    }
    ranked = early_warning.warnings(*told.values())
    return SimpleNamespace(tracked=tracked, room=room, ranked=ranked, **told)
