"""A campaign, against `papermill` and `jupyter nbconvert` called for each notebook, and against its cells alone.

The project is made in a temporary folder from the files that the repository ships, real national lists among them; one
département has a classeur, the others what the lists say of them. The tables are prepared before the measures.
Seconds are those of the clock: the processors must have nothing else to do.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.memory import Ended, watched
from pvd_analysis.reports.campaign import campaign, cluster, jobs_of, local_processes
from pvd_analysis.reports.quarterly import REPORTS

ROOT = Path(__file__).parents[1]
QUARTERS = ("2024-T3", "2024-T2")
FOLLOWED = "40"
LOOPED = 10
RUNS = 3


def project(folder: Path) -> Path:
    """Make a project with what the repository ships."""
    for name in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that a task takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def pvd(*words: str) -> list[str]:
    """Return a command of `pvd`."""
    return [sys.executable, "-m", "pvd_analysis", *words]


def call(command: Sequence[str]) -> None:
    """Call a command of `pvd`; findings are no fault."""
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode not in {0, 1}:
        raise RuntimeError(ended.stderr)


def loop(root: Path, codes: Sequence[str]) -> None:
    """Execute and convert both notebooks of each département with the command lines of papermill and nbconvert."""
    with tempfile.TemporaryDirectory() as folder:
        for code in codes:
            for report in REPORTS:
                executed = Path(folder) / f"{report}-{code}.ipynb"
                given = ["-p", "trimestre", QUARTERS[0], "-p", "departement", code, "-p", "racine", str(root)]
                for command in (
                    ["papermill", str(root / "notebooks" / f"{report}.ipynb"), str(executed), *given],
                    ["nbconvert", "--to", "html", str(executed)],
                ):
                    module = "papermill" if command[0] == "papermill" else "jupyter"
                    words = command[1:] if module == "papermill" else command
                    subprocess.run([sys.executable, "-m", module, *words], check=True, capture_output=True)


def cells_alone(root: Path, codes: Sequence[str]) -> None:
    """Run the cells of both notebooks of each département in this process, and say what each shows as HTML."""
    for code in codes:
        for report in REPORTS:
            given = {"trimestre": QUARTERS[0], "departement": code, "racine": str(root)}
            names: dict[str, Any] = {}
            for cell in nbformat.read(root / "notebooks" / f"{report}.ipynb", as_version=4).cells:
                if cell.cell_type == "code":
                    _run(cell.source, names)
                    names |= given if "parameters" in cell.metadata.get("tags", ()) else {}


def _run(source: str, names: dict[str, Any]) -> None:
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        getattr(shown, "_repr_html_", lambda: None)()


@contextmanager
def dask_workers(root: Path, number: int) -> Iterator[str]:
    """Give the address of a Dask scheduler with workers, processes of this machine."""
    said = root / "ordonnanceur.json"
    with ExitStack() as running:

        def start(*words: str) -> None:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            running.callback(process.wait)
            running.callback(process.terminate)

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said))
        while not said.exists() or not said.read_text(encoding="utf-8").strip().endswith("}"):
            time.sleep(0.1)
        address = json.loads(said.read_text(encoding="utf-8"))["address"]
        for _ in range(number):
            start("worker", address, "--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1")
        yield address


def made(root: Path, quarter: str, codes: Sequence[str], executor: Any) -> None:
    """Make the reports of départements again, all of them."""
    jobs = jobs_of(codes, quarter, None, root, forcer=True, secondes=600)
    missing = [outcome for outcome in campaign(jobs, executor) if outcome.raison]
    if missing:
        raise RuntimeError(str(missing))


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        _measure(project(Path(name)))


def _measure(root: Path) -> None:
    from pvd_analysis.dataset import departements_with_data, prepared

    at = ("--racine", str(root))
    everyone = departements_with_data(prepared(root))
    for quarter in QUARTERS:
        call(pvd("campagne", FOLLOWED, "--trimestre", quarter, *at))
    print(f"{os.cpu_count()} processors, {len(everyone)} départements", flush=True)

    one = pvd("rapports", "--departement", FOLLOWED, "--trimestre", QUARTERS[0], *at)
    alone = min(seconds(lambda: call(one)) for _ in range(RUNS))
    looped = min(seconds(lambda: loop(root, [FOLLOWED])) for _ in range(RUNS))
    print(f"(a) one département, cold: pvd rapports   {alone:.1f} s")
    print(
        f"    papermill + jupyter nbconvert         {looped:.1f} s, ratio {alone / looped:.2f} (at most 0.6)",
        flush=True,
    )

    hundred = everyone[:100]
    each = len(hundred) // LOOPED
    few = hundred[::each][:LOOPED]
    whole = seconds(lambda: call(pvd("campagne", *hundred, "--trimestre", QUARTERS[0], "--forcer", *at)))
    slow = seconds(lambda: loop(root, few)) / LOOPED * len(hundred)
    print(f"(b) {len(hundred)} départements and France: pvd campagne  {whole:.0f} s")
    print(
        f"    the same loop, {LOOPED} measured and multiplied {slow:.0f} s, ratio {slow / whole:.1f} (at least 15)",
        flush=True,
    )

    cells_alone(root, few[:1])
    limit = seconds(lambda: cells_alone(root, few))
    with local_processes(1) as executor:
        made(root, QUARTERS[0], few[:1], executor)
        one_by_one = seconds(lambda: made(root, QUARTERS[0], few, executor))
    with local_processes() as executor:
        made(root, QUARTERS[0], few[:1], executor)
        together = seconds(lambda: made(root, QUARTERS[0], few, executor))
    print(f"(c) {LOOPED} départements, cells alone in a warm process {limit:.1f} s")
    print(f"    a campaign, all processors            {together:.1f} s, ratio {together / limit:.2f} (at most 2)")
    print(f"    a campaign, one report at a time      {one_by_one:.1f} s, ratio {one_by_one / limit:.2f}", flush=True)

    with dask_workers(root, os.cpu_count() or 1) as address, cluster(address) as executor:
        made(root, QUARTERS[0], few, executor)
        clustered = seconds(lambda: made(root, QUARTERS[0], few, executor))
    print(f"(e) {LOOPED} départements, Dask, one worker a processor {clustered:.1f} s, ratio to local processes "
          f"{clustered / together:.2f} (at most 1.3)", flush=True)  # fmt: skip

    print("(d) reports, seconds with the start and France, highest memory (at most 1024 MiB)")
    for quarters, codes in ((1, everyone[:5]), (1, everyone[:50]), (2, everyone[:100])):
        commands = [pvd("campagne", *codes, "--trimestre", quarter, "--forcer", *at) for quarter in QUARTERS[:quarters]]
        ended: list[Ended] = []
        spent = seconds(lambda commands=commands, ended=ended: ended.extend(watched(one, ROOT) for one in commands))
        reports = quarters * len(codes) * len(REPORTS)
        memory = max(one.mebibytes for one in ended)
        print(f"    {reports:3}  {spent:6.1f} s  {spent / reports:.2f} s  {memory:.0f} MiB", flush=True)


if __name__ == "__main__":
    run()
