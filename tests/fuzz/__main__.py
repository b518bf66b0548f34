"""Try spoilt files for some minutes: ``python -m tests.fuzz --minutes 5``; a case again: ``--seed 1 --case 12``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.judge import finds

parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
parser.add_argument("--minutes", type=float, default=5)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--case", type=int)
asked = parser.parse_args()
tried, found = 0, {}
for find in finds(60 * asked.minutes, asked.seed, asked.case):
    tried += 1
    if find is None:
        continue
    kind = find.wrong.strip().splitlines()[-1]
    if kind not in found:
        place = Path(tempfile.mkdtemp(prefix="fuzz-")) / find.name
        place.write_bytes(find.content)
        print(f"case {find.case}, {place}\n{find.wrong}", flush=True)
    found[kind] = found.get(kind, 0) + 1
print(f"{tried} files, seed {asked.seed}: {sum(found.values())} finds of {len(found)} kinds")
for kind, number in found.items():
    print(f"  {number} × {kind[:200]}")
sys.exit(bool(found))
