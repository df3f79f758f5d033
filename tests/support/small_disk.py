"""Whether a test may mount a small disk of its own, to fill it."""

import os
import shutil
import subprocess
import sys


def can_mount() -> bool:
    """Mounting needs Linux, root, and a mount namespace that nobody else sees."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        return False
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    return subprocess.run([unshare, "-m", "true"], capture_output=True).returncode == 0
