"""The command `tpm`: parse, call, print. It holds no logic of its own."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tpm_analytics import head_start, servers, workspace
from tpm_analytics.errors import ParameterError, TpmError, WorkspaceError

# What takes long is imported by the commands that use it: what a run waits for is started before
if TYPE_CHECKING:
    import pandas as pd

    from tpm_analytics import reports

app = typer.Typer(
    name="tpm",
    help="Analytics for Technical Program Managers: load a program, run its reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scheduler = typer.Typer(
    help="Run what is due, until stopped; or let cron or systemd do it.", add_completion=False
)
app.add_typer(scheduler, name="schedule")
out = Console()
err = Console(stderr=True)

_CORES = os.cpu_count() or 1

_WORKERS = typer.Option(min=1, help="How many run side by side; else one for each core.")
WorkersOption = Annotated[int, _WORKERS]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder of the workspace; else the one you are in."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Day to look from, such as 2025-06-30, or today.")
]
IntoOption = Annotated[
    str | None,
    typer.Option(metavar="cron|systemd", help="Which scheduler; else the one that is there."),
]


def main() -> None:
    """Run the command line; a `TpmError` becomes its own sentences and exit status 1."""
    atexit.register(gc.freeze)  # to look for garbage at the end takes a fifth of a short command
    try:
        app()
    except TpmError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("stopped")
        sys.exit(130)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Folder to make the workspace in.")]) -> None:
    """Make a workspace that is ready to run: tpm.toml, notebooks and the sample program."""
    from tpm_analytics.sources import sample

    root = workspace.create(folder)
    sample.write(root / "data" / "sample")
    said = f"A workspace is in {escape(str(root))}. Next: tpm run --workspace {escape(str(folder))}"
    out.print(said, soft_wrap=True)


@app.command()
def check(
    address: Annotated[
        str, typer.Argument(help="A program of tpm.toml, or an address such as jira:export.json.")
    ],
    as_of: AsOfOption = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Zone whose days count, such as Asia/Tokyo.")
    ] = None,
) -> None:
    """Read a program and say what is in it, what is missing and what looks wrong."""
    from tpm_analytics import terminal
    from tpm_analytics.metrics import health
    from tpm_analytics.sources.load import load, located

    program = load(located(address, Path.cwd()), as_of=as_of, time_zone=time_zone)
    findings = health.findings(program)
    tables = health.tables(program)
    _say(f"[bold]{escape(str(program))}[/], days in {program.time_zone}")
    for note in program.notes:
        _say(f"  {escape(note)}")
    out.print(terminal.grid(tables[tables["rows"] > 0], "Tables"))
    empty = tables.loc[tables["rows"] == 0, "table"]
    if len(empty):
        _say(f"Empty: {', '.join(empty)}.")
    out.print(terminal.grid(health.workflow(program), terminal.workflow_title(program)))
    _say(f"[bold]{len(findings) or 'No'} finding{'' if len(findings) == 1 else 's'}[/]")
    for finding in findings.itertuples():
        _say(f"\n{terminal.finding(finding)}")
    if (findings["severity"] == "error").any():
        raise typer.Exit(1)


@app.command()
def run(  # noqa: PLR0913  the options of a command
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT]...", help="Reports to run; else all.")
    ] = None,
    folder: WorkspaceOption = None,
    as_of: AsOfOption = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the notebooks."),
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Run also where nothing has changed.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Run what is due by its schedule, and nothing else.")
    ] = False,
    workers: WorkersOption = _CORES,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="A Dask scheduler whose workers run them."),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A what-if to see them in, published beside them."),
    ] = None,
) -> None:
    """Run reports: each leaves an executed notebook and a page that opens offline."""
    home = _workspace(folder)
    if due:
        asked = bool(names or as_of or values or cluster or scenario)
        _run_due(home, asked=asked, workers=workers)
        return
    if not cluster:
        head_start.begin(workers=min(workers, len(names or ()) or workers))
    with head_start.no_garbage():
        from tpm_analytics import reports

    what_if = None
    if scenario:
        from tpm_analytics import scenarios

        what_if = scenarios.what_if(home, scenario)
        if not names:
            names = reports.taking(home, "scenario")
            left = ", ".join(name for name in reports.definitions(home) if name not in names)
            _say(f"Not seen in it, for their notebooks take no scenario: {escape(left) or 'none'}.")
        scenarios.check(home, what_if, names or [], as_of=as_of, overrides=_assignments(values))
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
    ) as progress:
        bars: dict[str, TaskID] = {}

        def advance(report: str, done: int, of: int) -> None:
            if report not in bars:
                bars[report] = progress.add_task(report, total=of)
            progress.update(bars[report], completed=done)

        runs = reports.run_all(
            home,
            names or None,
            as_of=as_of,
            overrides=_assignments(values),
            on_cell=advance,
            force=force,
            workers=cluster or workers,
            what_if=what_if,
        )
    for done in runs:
        _print_run(done)
    out.print(f"index: {reports.index_path(home)}", highlight=False, soft_wrap=True)
    if any(done.error or done.undelivered for done in runs):
        raise typer.Exit(1)


@scheduler.callback(invoke_without_command=True)
def schedule(
    context: typer.Context,
    folder: WorkspaceOption = None,
    workers: WorkersOption = _CORES,
) -> None:
    """Run what is due, until stopped; or let cron or systemd do it."""
    if context.invoked_subcommand is None:
        from tpm_analytics.reports.schedulers import service

        service.serve(_workspace(folder).root, say=_log, workers=workers)


@scheduler.command("install")
def schedule_install(
    folder: WorkspaceOption = None,
    into: IntoOption = None,
    minutes: Annotated[
        int | None, typer.Option(help="How often to look whether anything is due; else every 5.")
    ] = None,
    workers: Annotated[int | None, _WORKERS] = None,
) -> None:
    """Let cron or systemd call tpm run --due every few minutes."""
    from tpm_analytics.reports.schedulers import install, job

    root = _workspace(folder).root
    every = job.MINUTES if minutes is None else minutes
    wanted = job.Job(root=root, minutes=every, workers=workers)
    where, written = install.install(wanted, into=into)
    often = "every minute" if every == 1 else f"every {every} minutes"
    out.print(f"{where} runs what is due {often}:\n", highlight=False)
    out.print(written, markup=False, highlight=False, soft_wrap=True)


@scheduler.command("uninstall")
def schedule_uninstall(folder: WorkspaceOption = None) -> None:
    """Take that out of cron and systemd again."""
    from tpm_analytics.reports.schedulers import install, job

    gone = install.uninstall(job.Job(root=_workspace(folder).root))
    out.print(f"Removed from {', '.join(gone)}." if gone else "Nothing was installed.")


@scheduler.command("show")
def schedule_show(folder: WorkspaceOption = None) -> None:
    """Show what is due next, and what cron or systemd was told."""
    from tpm_analytics.reports.schedulers import install, job, service

    home = _workspace(folder)
    for line in service.plan(home, now=datetime.now(UTC)):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    there = install.shown(job.Job(root=home.root))
    for where, written in there.items():
        out.print(f"\nIn {where}:\n{written}", markup=False, highlight=False, soft_wrap=True)
    if not there:
        out.print("\nNothing is installed in cron or systemd: tpm schedule install")


@app.command()
def history(
    report: Annotated[str | None, typer.Argument(help="One report; else all.")] = None,
    folder: WorkspaceOption = None,
    figure: Annotated[
        str | None, typer.Option("--figure", help="Draw this recorded figure over time.")
    ] = None,
    frame: Annotated[
        Path | None,
        typer.Option("--frame", help="Write every run and figure to this .csv or .parquet file."),
    ] = None,
    last: Annotated[int, typer.Option("--last", min=1, help="Show so many runs.")] = 30,
) -> None:
    """List the runs of the reports, or follow one recorded figure over time."""
    from tpm_analytics import reports, terminal

    home = _workspace(folder)
    if report is not None and report not in reports.published_what_ifs(home):
        reports.definitions(home, [report])
    table = reports.history.frame(home, report)
    if frame:
        written = reports.history.write(table, frame)
        out.print(f"{len(table):,} rows: {written}", highlight=False, soft_wrap=True)
    elif figure:
        _print_figure(table, figure, last)
    elif table.empty:
        out.print("Nothing has run yet. Next: tpm run")
    else:
        out.print(terminal.grid(reports.history.runs(table).tail(last), "Runs"))


@app.command()
def lab(
    options: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTION...]", help="Passed to JupyterLab, as --no-browser."),
    ] = None,
    folder: WorkspaceOption = None,
) -> None:
    """Open JupyterLab on the workspace, at the index of its reports if there is one."""
    from tpm_analytics import reports

    home = _workspace(folder)
    raise typer.Exit(servers.lab(home, reports.index_path(home), options or []))


@app.command()
def explore(
    options: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTION...]", help="Passed to Voila, as --no-browser."),
    ] = None,
    folder: WorkspaceOption = None,
) -> None:
    """Open the explore notebook as an app of its own; needs the extra explore."""
    raise typer.Exit(servers.app(_workspace(folder), options or []))


def _workspace(folder: Path | None) -> workspace.Workspace:
    found = workspace.read(folder) if folder else workspace.find()
    if found is None:
        raise WorkspaceError(
            f"{Path.cwd()} is in no workspace: no {workspace.CONFIG} is here or above.",
            hint="make one with: tpm init DIR, or name it with --workspace DIR",
        )
    return found


def _run_due(home: workspace.Workspace, *, asked: bool, workers: int) -> None:
    if asked:
        raise ParameterError(
            "--due runs here what tpm.toml says is due, as it says: "
            "it takes no reports, no values, no scenario and no cluster.",
            hint="leave out --due to run reports now",
        )
    with head_start.no_garbage():
        from tpm_analytics.reports.schedulers import service

    done = service.run_due(home, workers=workers, on_run=lambda due: _log(service.told(due)))
    if not done:
        _log(f"nothing is due; {service.coming(home, now=datetime.now(UTC))}")
    if any(due.run.error or due.run.undelivered for due in done):
        raise typer.Exit(1)


def _log(line: str) -> None:
    now = datetime.now().astimezone()
    out.print(f"{now:%Y-%m-%d %H:%M:%S} {line}", markup=False, highlight=False, soft_wrap=True)


def _assignments(values: list[str] | None) -> dict[str, str]:
    pairs = [value.partition("=") for value in values or []]
    if unclear := [name for name, equals, _ in pairs if not equals or not name]:
        raise ParameterError(
            f"--set {unclear[0]} gives no value.", hint="write --set NAME=VALUE, as in team=Mobile"
        )
    return {name: value for name, _, value in pairs}


def _say(text: str) -> None:
    out.print(text, highlight=False)


def _print_run(done: reports.Run) -> None:
    if done.error:
        err.print(
            f"[bold red]{done.report} failed:[/] {escape(str(done.error))}",
            highlight=False,
            soft_wrap=True,
        )
        return
    restated = [figure.name for figure in done.figures if figure.was_run is not None]
    if done.unchanged_since:
        since = f"nothing changed since {done.unchanged_since:%Y-%m-%d %H:%M} UTC, reused: "
    else:
        since = f"restated {', '.join(restated)}: " if restated else ""
    out.print(f"{done.report}: {since}{done.page}", highlight=False, soft_wrap=True)
    for one in done.delivered:
        if one.error:
            said = f"[bold red]not delivered to[/] {escape(one.to)}: {escape(one.error)}"
            err.print(f"{done.report}: {said}", highlight=False, soft_wrap=True)
        else:
            said = f"  delivered to {escape(one.to)}: {escape(one.said)}"
            out.print(said, highlight=False, soft_wrap=True)  # a path cut in two leads nowhere


def _print_figure(table: pd.DataFrame, figure: str, last: int) -> None:
    from tpm_analytics import reports

    for name, runs in table.groupby("report", sort=False):
        if (runs["figure"] == figure).any():
            _say(f"[bold]{escape(str(name))}: {escape(figure)}[/]")
            for line in reports.history.chart(runs, figure)[-last:]:
                out.print(line, markup=False, highlight=False, soft_wrap=True)
    if not (table["figure"] == figure).any():
        reports.history.chart(table, figure)  # says which figures there are
