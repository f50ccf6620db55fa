"""Compiles the counter of repetitions beside its source, where there is a C compiler; without one it stays Python.

`make` runs this after a change of the source, and the build of a wheel or an editable install does. What is built takes
the place of what was there in one step: a hub that runs keeps what it has loaded.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hub.motion.compiled import BUILT, SOURCE, digest

ROOT: Final = Path(__file__).parent
BINARY: Final = SOURCE.with_suffix(str(sysconfig.get_config_var("EXT_SUFFIX")))
# Counted again from what is stored, elsewhere too: the same to the bit on every processor, so nothing is fused.
FLAGS: Final = [] if sys.platform == "win32" else ["-O2", "-fwrapv", "-ffp-contract=off", "-g0"]
DIRECTIVES: Final = {
    "language_level": 3,
    "annotation_typing": False,  # the types are those of the .pxd alone
    "boundscheck": False,  # `count` looks at the shapes
    "wraparound": False,
}


def main() -> None:
    """Compile what has changed."""
    if BINARY.is_file() and BUILT.is_file() and BUILT.read_text() == digest():
        BUILT.touch()  # for make
        return
    reason = missing() or build()
    if reason:
        _remove()
        print(f"{SOURCE.relative_to(ROOT)} is not compiled, and counts more than 50 times as slowly: {reason}")  # noqa: T201


def missing() -> str:
    """Say what has to be installed first, empty where all is there."""
    for name in ("Cython", "setuptools"):
        if importlib.util.find_spec(name) is None:
            return f"{name} is missing (requirements/server.txt has it)"
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        return "Python's headers are missing (Debian: apt install python3-dev)"
    compiler = str(os.environ.get("CC") or sysconfig.get_config_var("CC")).split()[0]  # noqa: TID251 - as setuptools does
    if sys.platform != "win32" and shutil.which(compiler) is None:
        return f"there is no C compiler {compiler} (Debian: apt install gcc)"
    return ""


def build() -> str:
    """Compile and put the result in its place; says what went wrong, empty where nothing did."""
    from Cython.Build import cythonize
    from Cython.Compiler.Errors import CompileError as NotC
    from setuptools import Distribution, Extension
    from setuptools.errors import BaseError, CCompilerError

    built_from = digest()
    name = ".".join(SOURCE.relative_to(ROOT).with_suffix("").parts)
    extension = Extension(name, [str(SOURCE.relative_to(ROOT))], extra_compile_args=FLAGS)
    try:
        with TemporaryDirectory(dir=SOURCE.parent, prefix=".compiling-") as folder:
            modules = cythonize([extension], build_dir=folder, compiler_directives=DIRECTIVES, quiet=True)
            command = Distribution({"name": "counter", "ext_modules": modules}).get_command_obj("build_ext")
            command.build_lib = command.build_temp = folder
            command.ensure_finalized()
            command.run()
            BUILT.unlink(missing_ok=True)
            Path(command.get_outputs()[0]).replace(BINARY)
        _remove(but=BINARY)
        BUILT.write_text(built_from)
    except (BaseError, CCompilerError, NotC, OSError) as error:
        return str(error)
    return ""


def _remove(but: Path | None = None) -> None:
    """Remove what was built before: Python would take it, whatever the source says."""
    for old in (BUILT, *SOURCE.parent.glob(f"{SOURCE.stem}.*.so"), *SOURCE.parent.glob(f"{SOURCE.stem}.*.pyd")):
        if old != but:
            old.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
