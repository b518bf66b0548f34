"""LibreOffice without its window."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Return what opens a workbook in LibreOffice and saves it in another format, or skip and say why."""
    executable = shutil.which("soffice") or shutil.which("libreoffice")
    if executable is None:
        pytest.skip("LibreOffice is not installed: sh tests/install_tools.sh")
    profile = tmp_path_factory.mktemp("profil")

    def converted(path: Path, form: str) -> Path:
        folder = tmp_path_factory.mktemp("converti")
        subprocess.run(
            [executable, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
             "--convert-to", form, "--outdir", str(folder), str(path)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return folder / f"{path.stem}.{form}"

    return converted
