"""Two DAGs for Airflow 3: tpm.toml says when reports are due, or Airflow does."""

from __future__ import annotations

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

WORKSPACE = "/srv/reports/checkout"
START = pendulum.datetime(2025, 1, 1, tz="Europe/Madrid")

# When each report is due is said in tpm.toml; this only looks. Missed runs are made up as said
# there, so Airflow must not make them up as well.
with DAG(
    dag_id="tpm_reports_due",
    schedule="*/5 * * * *",
    start_date=START,
    catchup=False,
    max_active_runs=1,
):
    BashOperator(task_id="run_due", bash_command=f"tpm run --due --workspace {WORKSPACE}")

# Airflow says when, and for which day; the report needs no schedule in tpm.toml.
with DAG(
    dag_id="tpm_weekly_review",
    schedule="0 7 * * MON",
    start_date=START,
    catchup=True,
    max_active_runs=1,
):
    BashOperator(
        task_id="program_review",
        bash_command=f"tpm run program_review --as-of {{{{ ds }}}} --workspace {WORKSPACE}",
        retries=1,
        retry_delay=pendulum.duration(minutes=10),
    )
