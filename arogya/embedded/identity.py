"""Who PostgreSQL runs as: it refuses root, so a root owner needs another face for it."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOBODY = 65534  # the overflow user of Linux, `nobody` on every distribution
# The process keeps root's files but sees itself as nobody: all that is needed where the paths lie under a 0700 home.
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
# Where namespaces are forbidden (most containers): a real nobody that may still walk through root's folders.
CAPABILITY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
)


class NoIdentity(Exception):
    """No way was found to run PostgreSQL without root's name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """How a server process is started, and who owns its files."""

    name: str  # direct, nobody, namespace or capability
    owner: int  # uid that the data directory belongs to, as seen from here
    prefix: tuple[str, ...] = ()  # programs that exec the next one, so the process id stays the same
    options: dict[str, Any] = field(default_factory=dict)  # for subprocess.Popen


DIRECT = "direct"
AS_NOBODY = Identity("nobody", NOBODY, options={"user": NOBODY, "group": NOBODY, "extra_groups": []})


def candidates() -> tuple[Identity, ...]:
    """Return the identities to try here, best first."""
    mine = os.geteuid()
    namespace = Identity("namespace", mine, prefix=NAMESPACE)
    if mine == 0:
        return AS_NOBODY, namespace, Identity("capability", NOBODY, prefix=CAPABILITY)
    direct = Identity(DIRECT, mine)
    # initdb wants a name for its user; `docker run --user 1234` has none.
    return (direct,) if _has_name(mine) else (namespace, direct)


def choose(programs: Path, folder: Path) -> Identity:
    """Return the first identity that can run `programs` and enter `folder`; raises `NoIdentity`."""
    for identity in candidates():
        if _works(identity, programs, folder):
            return identity
    raise NoIdentity(
        f"PostgreSQL may not run as root, and no other user can reach {programs} and {folder}: "
        "run as an ordinary user, or keep both outside of a private folder"
    )


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _works(identity: Identity, programs: Path, folder: Path) -> bool:
    # `--show` looks for postgres as a start does; `--version` would be answered by programs that cannot start.
    script = 'cd "$1" && "$0" --show --pgdata="$1"'
    probe = [*identity.prefix, "/bin/sh", "-c", script, str(programs / "initdb"), str(folder)]
    try:
        return subprocess.run(probe, capture_output=True, check=False, cwd="/", **identity.options).returncode == 0  # noqa: S603 - fixed words and our own paths
    except OSError:
        return False
