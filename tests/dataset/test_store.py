"""The prepared tables on disk are the same whatever process made them."""

import shutil
import subprocess
import sys

PREPARE = (
    "import sys; from pathlib import Path; import pandas as pd\n"
    "pd.set_option('mode.string_storage', sys.argv[1])\n"
    "from pvd_analysis.dataset import prepared; prepared(Path(sys.argv[2]))"
)


def test_tables_do_not_depend_on_how_a_process_keeps_its_texts(project):
    made = []
    for storage in ("pyarrow", "python"):
        subprocess.run([sys.executable, "-c", PREPARE, storage, str(project)], check=True)
        folder = project / "data" / "processed" / "dernier"
        made.append({path.name: path.read_bytes() for path in folder.glob("*.parquet")})
        shutil.rmtree(folder)
    assert made[0] == made[1]
    assert len(made[0]) > 10
