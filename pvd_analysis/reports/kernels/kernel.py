"""The kernel of a report, forked from a process that has already imported the libraries."""

import atexit
import contextlib
import math
import os
import shutil
import subprocess
import tempfile
import time
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty
from typing import Any, cast
from uuid import uuid4

import psutil
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import DeadKernelError
from traitlets import Type

from pvd_analysis.reports.kernels import warm

_NAME = "pvd-warm-provisioner"
_KEYS = "pvd-noyaux-"
_SECONDS_TO_END = 5
_SECONDS_TO_ARRIVE = 0.02


class WarmProvisioner(LocalProvisioner):
    """Jupyter's own way to start a kernel on this machine, with a warm process where there would be a cold one."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, in the ordinary way where the system cannot fork."""
        if not warm.CAN_FORK:
            return await super().launch_kernel(cmd, **kwargs)
        module, *arguments = cmd[cmd.index("-m") + 1 :]
        # The kernel is a child of the source, and ends with it.
        arguments.append(f"--IPKernelApp.parent_handle={warm.source_number()}")
        process = warm.start(module, arguments, stdin=subprocess.DEVNULL, cwd=kwargs.get("cwd"), env=kwargs["env"])
        self.process = cast("subprocess.Popen[bytes]", process)
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and wait for it: Jupyter would look every tenth of a second whether it has ended."""
        process = self.process
        await super().kill(restart)
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)


class PromptKernelClient(AsyncKernelClient):
    """Jupyter's own client, but that it is ready once the kernel has said so, and not after a silence of 0.2 s."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel answers, and what it publishes arrives.

        Raises
        ------
        DeadKernelError
            The kernel has ended.
        RuntimeError
            It has not answered after `timeout` seconds.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        questions = set()
        while time.monotonic() < end:
            questions.add(self.kernel_info())
            with contextlib.suppress(Empty):
                await self.get_shell_msg(timeout=1)
                while True:
                    # What was published before the channel was connected is lost, and is asked again; on a busy machine
                    # an answer may come after the next question.
                    said = await self.get_iopub_msg(timeout=_SECONDS_TO_ARRIVE)
                    answers = said["parent_header"].get("msg_id") in questions
                    if answers and said["content"].get("execution_state") == "idle":
                        return
            if not await self.is_alive():
                raise DeadKernelError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


class WarmKernelManager(AsyncKernelManager):
    """A manager whose kernels start warm and are waited for no longer than they take."""

    client_factory = Type(klass=PromptKernelClient)

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write the ports and the key of the kernel where a killed run leaves them to the next one to remove."""
        self.connection_file = self.connection_file or str(_private_folder() / f"{uuid4()}.json")
        super().write_connection_file(**kwargs)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel of this very Python: one that is installed under its name may be another's, or gone."""
        own = get_kernel_dict()
        return KernelSpec(**{**own, "metadata": {**own["metadata"], "kernel_provisioner": {"provisioner_name": _NAME}}})


@cache
def _private_folder() -> Path:
    """Make a folder of this process alone in the temporary folder, and remove those of processes that were killed."""
    temporary = Path(tempfile.gettempdir())
    for left in temporary.glob(f"{_KEYS}*"):
        number = left.name.removeprefix(_KEYS).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    own = Path(tempfile.mkdtemp(prefix=f"{_KEYS}{os.getpid()}-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


KernelProvisionerFactory.provisioners[_NAME] = EntryPoint(
    _NAME, f"{__name__}:{WarmProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
)
