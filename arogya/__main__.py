"""`python -m arogya` is the command line."""

from arogya.cli.main import run

if __name__ == "__main__":
    raise SystemExit(run())
