"""Real parts of the machine that some tests need, and where they are."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support.namespaces import namespaces
from tests.support.nat.namespace import nat


def python27() -> str | None:
    """Find Python 2.7: as named by WIRESCOPE_PYTHON27, of pyenv, or on PATH."""
    named = os.environ.get("WIRESCOPE_PYTHON27")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = sorted(pyenv.glob("versions/2.7.*/bin/python2.7"))
    return named or (str(found[-1]) if found else shutil.which("python2.7"))


def rabbitmq_server() -> str | None:
    """Find RabbitMQ's own script: the one on PATH wants to be the user rabbitmq."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server"))
    return str(found[-1]) if found else shutil.which("rabbitmq-server")


def daemon(name: str) -> Callable[[], str | None]:
    """Find a program that Debian puts where an ordinary PATH does not lead."""
    return lambda: shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


PARTS: dict[str, Callable[[], str | None]] = {
    "chromium": lambda: shutil.which("chromium") or shutil.which("google-chrome"),
    "epmd": daemon("epmd"),
    "ffprobe": lambda: shutil.which("ffprobe"),
    "git": lambda: shutil.which("git"),
    "mosquitto": daemon("mosquitto"),
    "namespaces": namespaces,
    "nat": nat,
    "nft": daemon("nft"),
    "node": lambda: shutil.which("node"),
    "npm": lambda: shutil.which("npm"),
    "python2.7": python27,
    "rabbitmq-server": rabbitmq_server,
    "tmux": lambda: shutil.which("tmux"),
    "turnserver": daemon("turnserver"),
    "turnutils_stunclient": daemon("turnutils_stunclient"),
    "turnutils_uclient": daemon("turnutils_uclient"),
}

MAY_BE_MISSING = {"namespaces", "nat", "python2.7"}
"""Parts that not even a machine on which everything must run has to have, as no package brings
them: two are permissions and parts of the kernel, one is not in Debian any more."""


def cache_folder(name: str) -> Path:
    """Give a folder that outlives a run, outside the repository, for what takes long to make."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "wirescope" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
