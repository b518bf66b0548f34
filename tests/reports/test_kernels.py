"""The kernels of reports start warm and are waited for no longer than they take; a dead one is said to be dead."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError

from pvd_analysis.reports.kernels.kernel import WarmKernelManager


def with_kernel(work):
    """Start a kernel, do something with it and its client, and end it; the browser's loop has this thread."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, _with_kernel(work)).result()


async def _with_kernel(work):
    manager = WarmKernelManager(kernel_name="python3")
    await manager.start_kernel(extra_arguments=["--log-level=CRITICAL", "--HistoryManager.enabled=False"])
    client = manager.client()
    client.start_channels()
    try:
        return await work(manager, client)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        assert not await manager.is_alive()


def test_a_kernel_that_is_ready_answers_and_publishes():
    async def work(_, client):
        await client.wait_for_ready(timeout=60)
        question = client.execute("print('fait')")
        said = []
        while "idle" not in said:
            message = await client.get_iopub_msg(timeout=30)
            if message["parent_header"]["msg_id"] == question:
                said.append(message["content"].get("execution_state", message["content"].get("text")))
        return said

    said = with_kernel(work)
    assert said[0] == "busy"
    assert "fait\n" in said


def test_a_kernel_that_dies_before_it_answers_is_not_waited_for():
    async def work(manager, client):
        await manager.provisioner.kill()
        with pytest.raises(DeadKernelError):
            await client.wait_for_ready(timeout=60)

    with_kernel(work)


AS_ON_WINDOWS = """import asyncio, sys
name, sys.platform = sys.platform, "win32"
import zmq.asyncio
sys.platform = name
asyncio.ProactorEventLoop = asyncio.SelectorEventLoop  # zmq knows the loop of Windows by its type
from pathlib import Path
from pvd_analysis.reports.execution import execute
made = execute(Path("essai.ipynb"), {"trimestre": "2021-T3"}, Path())
print(made.cells[-1]["outputs"][0]["text"])
"""


def test_the_event_loop_of_windows_runs_a_notebook_and_warns_nobody(tmp_path):
    cells = [
        nbformat.v4.new_code_cell('trimestre = ""', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print(trimestre)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "essai.ipynb")
    command = [sys.executable, "-c", AS_ON_WINDOWS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "2021-T3", "")
