"""Run the benchmarks, or those that are named: ``python -m benchmarks national_lists``."""

import sys
from importlib import import_module

BENCHMARKS = ("preparation", "national_lists", "committee_workbook", "campaign", "bounded", "size")

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        import_module(f"benchmarks.{name}").run()
