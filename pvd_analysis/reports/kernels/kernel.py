"""The kernel of a report, forked from a process that has already imported the libraries."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from pvd_analysis.reports.kernels import warm

__all__ = ["WarmKernelManager"]

_NAME = "pvd-warm-provisioner"


class WarmProvisioner(LocalProvisioner):
    """Jupyter's own way to start a kernel on this machine, with a warm process where there would be a cold one."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; one of another Python, or of another language, starts in the ordinary way."""
        program, *options = cmd
        if not warm.CAN_FORK or "-m" not in options or not Path(program).samefile(sys.executable):
            return await super().launch_kernel(cmd, **kwargs)
        _, module, *arguments = options[options.index("-m") :]
        # The kernel is a child of the source, and ends with it.
        arguments.append(f"--IPKernelApp.parent_handle={warm.source_number()}")
        process = warm.start(module, arguments, stdin=subprocess.DEVNULL, cwd=kwargs.get("cwd"), env=kwargs["env"])
        self.process = cast("subprocess.Popen[bytes]", process)
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


class WarmKernelManager(AsyncKernelManager):
    """A manager whose kernels start warm."""

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernel's specification, which names the provisioner."""
        spec = super().kernel_spec
        if spec is not None:
            spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": _NAME}}
        return spec


KernelProvisionerFactory.provisioners[_NAME] = EntryPoint(
    _NAME, f"{__name__}:{WarmProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
)
