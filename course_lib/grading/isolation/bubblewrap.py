"""Linux: where this process may not make namespaces and ``bwrap`` may (set-uid, or by AppArmor's leave), the whole helper runs in one."""

import functools
import os
import shutil
import subprocess
import sys

IN_FORCE = ("bubblewrap", "empty root", "processes namespace", "files namespace", "network namespace", "ipc namespace")


def installed() -> bool:
    return sys.platform == "linux" and shutil.which("bwrap") is not None


@functools.cache
def found() -> str:
    """The path of a ``bwrap`` that works here, or nothing."""
    path = shutil.which("bwrap")
    if not path or not installed():
        return ""
    try:
        tried = subprocess.run(
            [path, "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return path if tried.returncode == 0 else ""


def prefix(
    home: str, readable: list[str], aliases: list[tuple[str, str]], devices: list[str], hidden: list[str]
) -> list[str]:
    """What stands before a command: an empty root with ``readable``, ``devices``, its own processes and an empty ``home``."""
    binds = [word for place in readable for word in ("--ro-bind-try", place, place)]
    binds += [word for device in devices for word in ("--dev-bind-try", device, device)]
    binds += [word for name, real in aliases for word in ("--symlink", real, name)]
    inside = [h for h in hidden if any(h.startswith(place + os.sep) for place in readable)]
    binds += [
        word
        for place in inside
        for word in (("--tmpfs", place) if os.path.isdir(place) else ("--ro-bind", "/dev/null", place))
    ]
    # Its own /proc shows its own processes; Landlock, where there is one, keeps a submission from that as well.
    apart = ["--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--proc", "/proc"]
    return [found(), *apart, *binds, "--size", str(64 << 20), "--tmpfs", home, "--chdir", home, "--"]


@functools.cache
def namespaces_granted() -> bool:
    """Whether a process of ours gets namespaces and may mount in them, tried in one."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import kernel, os; got = kernel.enter_namespaces();"
    code += "sys.exit(not got or kernel.libc().mount(b'none', b'/', None, 16384 | 1 << 18, None) != 0)"
    try:
        tried = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code, os.path.dirname(__file__)],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
