"""``pvd``, or ``python -m pvd_analysis``: the command line, once the libraries are there."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; an interruption that comes before it is ready ends as any other does."""
    try:
        from pvd_analysis.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Erreur : Interrompu.\n")
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
