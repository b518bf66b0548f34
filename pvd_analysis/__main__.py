"""``python -m pvd_analysis`` is ``pvd``."""

from pvd_analysis.cli import main

main()
