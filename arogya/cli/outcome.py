"""How a command ends: its exit status, and the sentence on standard error when it failed."""

from __future__ import annotations

import sys

OK = 0
FAILED = 1  # it was tried and did not work, or a check found something
MISTAKEN = 2  # the command line or the configuration is wrong; nothing was tried
UNREACHABLE = 3  # the database or a running hub could not be reached
INTERRUPTED = 130  # Ctrl-C, as shells count it

EXIT_CODES = """exit status:
  0  done
  1  it did not work, or a check found something wrong
  2  the command line or the configuration is mistaken; nothing was done
  3  the database or a running hub could not be reached
  130  interrupted"""


class CommandError(Exception):
    """A command that ends here, with a sentence for the user."""

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


def complain(message: str) -> None:
    """Say on standard error what went wrong."""
    print(f"arogya: {message}", file=sys.stderr)
