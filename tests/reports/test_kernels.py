"""The kernels of reports start warm and are waited for no longer than they take; a dead one is said to be dead."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

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
