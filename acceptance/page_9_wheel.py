"""A wheel of a clean clone contains the page, and serves it on a machine without Node.

The wheel is built and run with Python, git, uv and a shell on PATH, and nothing else.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("git", "sh", "env", "rm", "realpath", "dirname")
"""A shell, and what `run` and the scripts that uv installs call."""
LIMIT_S = 600
LARGEST_DOWNLOAD = 400_000


def bare_path(folder: Path) -> Path:
    """Make a folder to be the whole PATH: no Node in it."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    (folder / "uv").symlink_to(shutil.which("uv") or ROOT / ".uv/bin/uv")
    return folder


def build(clone: Path, environment: dict[str, str]) -> Path:
    """Build a wheel; the page is in it."""
    command = ["uv", "build", "--wheel", "--quiet", "--out-dir", str(clone / "dist")]
    subprocess.run(command, cwd=clone, env=environment, check=True, timeout=LIMIT_S)
    (wheel,) = (clone / "dist").glob("*.whl")
    return wheel


def serve_and_ask(wheel: Path, folder: Path, environment: dict[str, str]) -> tuple[int, int, int]:
    """Run the wheel's workbench and load its page; statuses and bytes of the page's files."""
    command = ["uvx", "--from", str(wheel), "wirescope", "up", "--headless", "--port", "0"]
    server = subprocess.Popen(
        [*command, "--format", "ndjson", "--workspace", str(folder)],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(ready["url"], timeout=10).read().decode()
        files = re.findall(r'(?:src|href)="(/page/[^"]+)"', page)
        base = ready["url"].partition("?")[0].rstrip("/")
        fetched = [_fetch(browser, base + file) for file in files]
        state = browser.open(f"{base}/api/state", timeout=10).status
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
    return state, len(files), sum(fetched) + len(page)


def _fetch(browser: urllib.request.OpenerDirector, url: str) -> int:
    request = urllib.request.Request(url, headers={"accept-encoding": "gzip"})
    return len(browser.open(request, timeout=10).read())


def main() -> int:
    """Build, look, run, report."""
    with tempfile.TemporaryDirectory(prefix="wirescope-wheel-") as temporary:
        folder = Path(temporary)
        clone = folder / "wirescope"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        bin_ = bare_path(folder / "bin")
        environment = {
            "PATH": str(bin_), "HOME": str(folder), "UV_PYTHON": str(bin_ / "python3"),
            "UV_SYSTEM_CERTS": "true",
            **{name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ},
        }  # fmt: skip
        wheel = build(clone, environment)
        with zipfile.ZipFile(wheel) as content:
            names = [name for name in content.namelist() if "/web/_page/" in name]
        print(f"{wheel.name}: {wheel.stat().st_size:,} bytes, {len(names)} files of the page")
        (bin_ / "uvx").symlink_to(Path(os.path.realpath(bin_ / "uv")).with_name("uvx"))
        state, files, sent = serve_and_ask(wheel, folder / "workspace", environment)
        print(f"without Node: /api/state {state}, {files} files of the page, {sent:,} bytes sent")
        good = any(name.endswith("index.html") for name in names) and state == 200 and files > 0
        return 0 if good and sent <= LARGEST_DOWNLOAD else 1


if __name__ == "__main__":
    sys.exit(main())
