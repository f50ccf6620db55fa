"""Small programs in the place of a hub."""

from __future__ import annotations

SILENT = "import time; time.sleep(60)"  # never says that it is ready
# Says so, and serves until it is asked to stop.
READY = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
os.write(int(sys.argv[sys.argv.index("--ready-fd") + 1]), b"ready\\n")
signal.pause()
"""
