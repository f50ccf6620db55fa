"""The house rules that can be counted: lengths of modules and functions, and empty package files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.agreement.tracked import ROOT, files, texts

MODULE_LINES, FUNCTION_LINES = 300, 50
CODE = ("arogya/*.py", "bench/*.py", "handlers/*.py", "hub/*.py", "storage/*.py")
PAGES = ("web/src/*", "web/client/*", "web/build.py")
WRITTEN = "web/src/generated/"  # by a program, for programs
WITH_A_FACE = {"arogya/client/__init__.py"}  # what a user of the library imports from


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_longer_than_it_may_be() -> None:
    lengths = {name: source.count("\n") for name, source in texts(*CODE, *PAGES, "tests/*.py").items()}
    long = {name: lines for name, lines in lengths.items() if lines > MODULE_LINES and not name.startswith(WRITTEN)}
    assert long == {}


def test_no_function_is_longer_than_it_may_be() -> None:
    long = [
        f"{name}: {function.name}"
        for name, source in texts(*CODE).items()
        for function in functions(source)
        if (function.end_lineno or 0) - function.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_every_module_and_class_says_what_it_is() -> None:
    silent = []
    for name, source in texts(*CODE).items():
        tree = ast.parse(source)
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        silent += [name] if tree.body and not ast.get_docstring(tree) else []
        silent += [f"{name}: {node.name}" for node in classes if not ast.get_docstring(node)]
    assert silent == []


def test_package_files_are_empty() -> None:
    full = {str(path.relative_to(ROOT)) for path in files("*/__init__.py") if path.stat().st_size}
    assert full == WITH_A_FACE


@pytest.mark.parametrize("package", ["arogya", "handlers", "hub", "storage"])
def test_a_package_is_one_all_the_way_down(package: str) -> None:
    folders = {path.parent for path in files(f"{package}/*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
