"""The counter as plain Python, also where the compiled one is imported."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Final

import pytest

from hub.motion import repetitions
from hub.motion.compiled import SOURCE

needs_compiled: Final = pytest.mark.skipif(
    not repetitions.IS_COMPILED, reason="the counter is not compiled here: that needs a C compiler, see compile.py"
)


def _load() -> ModuleType:
    name = "plain_repetitions"
    spec = importlib.util.spec_from_file_location(name, SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


plain: Final = _load()
