"""The language every other room speaks: tables, workflow, program."""

from tpm_analytics.program.delivery import Delivery
from tpm_analytics.program.program import Program
from tpm_analytics.program.scenario import Scenario
from tpm_analytics.program.tables import TABLES
from tpm_analytics.program.workflow import STAGES, Stage, Workflow

__all__ = ["STAGES", "TABLES", "Delivery", "Program", "Scenario", "Stage", "Workflow"]
