import json
import subprocess
import sys

import pytest

import pvd_analysis as pvd

PROGRAM = """
import json, os, sys
before = dict(os.environ)
import pvd_analysis
heavy = {"pandas", "matplotlib", "papermill", "pyarrow"}
print(json.dumps([dict(os.environ) == before, [name for name, it in sys.modules.items() if it is None], sorted(heavy & set(sys.modules))]))
"""


def test_an_import_changes_nothing_outside_the_package_and_waits_for_no_library():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(ended.stdout) == [True, [], []]


def test_every_public_name_is_there_and_a_name_that_is_not_says_so():
    assert all(getattr(pvd, name) is not None for name in pvd.__all__)
    assert issubclass(pvd.errors.NoData, pvd.errors.PvdError)
    assert not hasattr(pvd, "charge")


@pytest.mark.parametrize(
    "line", [["--help"], ["rapports", "--trimestre", "2021-T9"], ["agenda", "--connu-au", "hier"], ["comite"]]
)
def test_a_help_page_and_a_refusal_wait_for_no_library(line):
    program = (
        "import sys\nfrom pvd_analysis.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    assert not {'pandas', 'matplotlib', 'papermill', 'pyarrow'} & set(sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program, *line], capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == (0 if line == ["--help"] else 2)
    assert "Assertion" not in ended.stderr
