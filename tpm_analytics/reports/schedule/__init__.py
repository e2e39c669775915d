"""When a report is due: its schedule, the moments it names, and the slots that were taken."""
