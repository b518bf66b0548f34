import io
import re
import subprocess

import pytest
from pptx import Presentation

import pvd_analysis as pvd
from pvd_analysis.slides.deck import presentation_bytes


def test_libreoffice_converts_the_presentation_to_as_many_pages_as_slides(landes_root, convert, tmp_path):
    path = tmp_path / "presentation.pptx"
    content = presentation_bytes(pvd.load("2021-T3", "40", racine=landes_root))
    path.write_bytes(content)
    try:
        pdf = convert(path, "pdf")
        said = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, encoding="utf-8", check=True).stdout
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip("LibreOffice Impress or poppler is not installed: sh tests/install_tools.sh")
    found = re.search(r"^Pages:\s+(\d+)", said, re.MULTILINE)
    assert found is not None
    assert int(found[1]) == len(Presentation(io.BytesIO(content)).slides)
