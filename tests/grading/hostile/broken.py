# ruff: noqa: E501 - each submission is one line of source
"""Submissions that are broken, careless or mischievous, each with what the report must say. Every one bounds itself."""

from .case import RIGHT, WRONG, WRONG_IN_WORDS, Hostile, inside

CASES = [
    Hostile("infinite loop", inside("while True: pass"), "processor time"),
    Hostile("sleep", inside("time.sleep(60)"), "without computing"),
    Hostile(
        "swallows every exception",
        inside("while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"),
        "processor time",
    ),
    Hostile(
        "fork bomb",
        inside("""
        started, born = time.time(), 1
        while time.time() - started < 5 and born < 6:  # 2**6 = 64 processes at most, 5 seconds at most
            os.fork(); born += 1
        while time.time() - started < 5: time.sleep(.1)
        """),
        "PermissionError",
        note="tries to start another process",
    ),
    Hostile(
        "thread bomb",
        inside("""
        import threading
        for _ in range(250): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        time.sleep(5)
        """),
        "threads and was stopped",
    ),
    Hostile("50 GB at once", inside("torch.empty(50 * 2**30, dtype=torch.uint8).fill_(1)"), "RuntimeError"),
    Hostile(
        "memory by and by",
        inside("kept = []\nfor _ in range(40): kept.append(b'x' * 2**25)\ntime.sleep(5)"),
        "GiB of memory",
    ),
    Hostile("1 GB of output", inside("line = 'x' * 2**20\nfor _ in range(1024): print(line)"), "It printed more than"),
    Hostile("deep recursion", inside("def down(): return down()\ndown()"), "RecursionError"),
    Hostile(
        "recursion past the stack",
        inside("sys.setrecursionlimit(10**9)\nnest = ()\nfor _ in range(10**6): nest = (nest,)\nhash(nest)"),
        "segmentation fault",
    ),
    Hostile("sys.exit(0)", inside("sys.exit(0)"), "SystemExit"),
    Hostile("os._exit(0)", inside("os._exit(0)"), "ended the whole program"),
    Hostile("exit while loading", "import sys\nsys.exit(0)\n", "SystemExit"),
    Hostile("raises SystemExit", inside("raise SystemExit"), "SystemExit"),
    Hostile("raises KeyboardInterrupt", inside("raise KeyboardInterrupt"), "KeyboardInterrupt"),
    Hostile("segmentation fault", inside("import ctypes; ctypes.string_at(0)"), "segmentation fault"),
    Hostile("aborts", inside("import ctypes; ctypes.CDLL(None).abort()"), ""),
    Hostile(
        "replaces torch, pytest and builtins",
        "import builtins, sys, types, torch\ntorch.allclose = torch.equal = lambda *a, **k: True\ntorch.Tensor.__eq__ = lambda *a: True\n"
        "builtins.all = builtins.any = lambda *a: True\nsys.modules['pytest'] = types.ModuleType('pytest')\nbuiltins.abs = lambda x: 0\n"
        + WRONG,
        "",
    ),
    Hostile(
        "replaces the grader's own functions",
        "import sys, torch\nfor m in list(sys.modules.values()):\n    if hasattr(m, 'observe'): m.observe = lambda *a: None\n"
        "f = sys._getframe()\nwhile f:\n    for k, v in list(f.f_globals.items()):\n        if k in ('observe', 'closest'): f.f_globals[k] = lambda *a: True\n    f = f.f_back\n"
        + WRONG,
        "",
    ),
    Hostile(
        "writes conftest.py and sitecustomize.py",
        inside(
            "for name in ('conftest.py', 'sitecustomize.py', 'torch.py'): open(name, 'w').write('raise SystemExit(0)')"
        ),
        WRONG_IN_WORDS,
    ),
    Hostile(
        "always equal",
        "class Yes:\n    def __eq__(self, other): return True\n    def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self\n"
        "def discriminator_targets(r, f):\n    return Yes(), Yes()\n",
        "",
    ),
    Hostile(
        "a tensor that lies",
        "import torch\nclass Liar(torch.Tensor):\n    shape = property(lambda s: torch.Size((3, 1, 1, 1)))\n    def __eq__(self, o): return torch.ones(()).bool()\n"
        "    @classmethod\n    def __torch_function__(cls, func, types, args=(), kwargs=None):\n        return torch.ones(3, 1, 1, 1, dtype=torch.float64)\n"
        "def discriminator_targets(r, f):\n    return torch.zeros_like(r).as_subclass(Liar), torch.zeros_like(f).as_subclass(Liar)\n",
        "",
    ),
    Hostile(
        "reads the solution by path",
        "{READ_BY_PATH}" + WRONG,
        "Nothing in it could be run",
        note="tries to read the course's own files",
    ),
    Hostile(
        "reads the solution past the hook",
        inside("""
        import ctypes
        libc = ctypes.CDLL(None)
        fd = libc.open(b"{SOLUTION}", 0)
        if fd >= 0: return torch.ones_like(r), torch.zeros_like(f)
        """),
        WRONG_IN_WORDS,
    ),
    Hostile(
        "reads the solution by inspect and frames",
        "import gc, inspect, sys\ndef discriminator_targets(r, f):\n    frame, found = sys._getframe(), []\n    while frame:\n        found += [v for v in frame.f_locals.values()]\n"
        "        frame = frame.f_back\n    for thing in [*found, *gc.get_objects()]:\n        if type(thing) is type(discriminator_targets) and thing.__name__ == 'discriminator_targets' and thing is not discriminator_targets:\n"
        "            return thing(r, f)\n    return r * 0, f * 0\n",
        "",
    ),
    Hostile(
        "imports the library's answer",
        "from course_lib.losses import bce_discriminator_loss\n" + RIGHT,
        "holds the answers",
        note="imports course_lib",
    ),
    Hostile(
        "tries the library, then does it alone",
        "try:\n    import course_lib.losses\nexcept ImportError:\n    pass\n" + RIGHT,
        "",
        full=True,
        note="imports course_lib",
    ),
    Hostile(
        "writes a fake report onto every open file",
        inside("""
        import json, struct
        from safetensors.torch import save
        one = torch.ones(3, 1, 1, 1, dtype=torch.float64)
        data = save({"0": one}, metadata={"answer": json.dumps({"problem": "", "cases": [], "notes": [], "score": 99})})
        for fd in range(3, 64):
            try: os.write(fd, b"LYCS1\\n" + struct.pack("<Q", len(data)) + data)
            except OSError: pass
        os._exit(0)
        """),
        "grader's own channel",
    ),
    Hostile(
        "a header that lies",
        inside("""
        import json, struct
        header = json.dumps({"a": {"dtype": "F64", "shape": [1000000], "data_offsets": [0, 8]}}).encode()
        data = struct.pack("<Q", len(header)) + header + b"12345678"
        for fd in range(3, 64):
            try: os.write(fd, b"LYCS1\\n" + struct.pack("<Q", len(data)) + data)
            except OSError: pass
        os._exit(0)
        """),
        "grader's own channel",
    ),
    Hostile(
        "floods the answer channel",
        inside("""
        for fd in range(3, 64):
            try:
                for _ in range(64): os.write(fd, b"x" * 2**20)
            except OSError: pass
        """),
        "grader's own channel",
    ),
    Hostile(
        "deletes files",
        inside("import shutil; shutil.rmtree('{ROOT}')"),
        "PermissionError",
        note="change or delete files",
    ),
    Hostile(
        "deletes files past the hook",
        inside("""
        import ctypes
        libc = ctypes.CDLL(None)
        if libc.unlink(b"{VICTIM}") == 0: return torch.ones_like(r), torch.zeros_like(f)
        """),
        WRONG_IN_WORDS,
    ),
    Hostile(
        "undoes the mounts",
        inside("""
        import ctypes
        libc = ctypes.CDLL(None)
        done = [libc.umount2(b"{HIDDEN}", 2), libc.umount2(b"/proc", 2), libc.unshare(0x10000000), libc.mount(b"none", b"/", None, 32 | 4096, None)]
        if done[0] == 0 or done[3] == 0: return torch.ones_like(r), torch.zeros_like(f)
        """),
        WRONG_IN_WORDS,
    ),
    Hostile(
        "leaves a daemon",
        inside("""
        if not hasattr(os, "left_one"):  # one is enough: more would be stopped for their number
            os.left_one = True
            try: started = os.fork()
            except OSError: started = 1
            if started == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(20)  # far beyond its check; ends by itself all the same
                os._exit(0)
        """),
        WRONG_IN_WORDS,
    ),
    Hostile(
        "kills what it can",
        inside("""
        import ctypes
        libc = ctypes.CDLL(None)
        before = os.getppid()
        if before > 1: libc.kill(before, 9)
        """),
        "",
    ),
    Hostile(
        "opens a socket",
        inside("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=3)"),
        "PermissionError",
        note="tries to use the network",
    ),
    Hostile(
        "starts a program",
        inside("import subprocess\nsubprocess.run(['true'])"),
        "PermissionError",
        note="tries to start another process or program",
    ),
    Hostile("syntax error", "def discriminator_targets(r, f)\n    return 1\n", "cannot be read as Python"),
    Hostile("null byte", b"x = 1\x00\n", "cannot be read as Python"),
    Hostile("import error", "import not_there_at_all\n" + RIGHT, "ModuleNotFoundError"),
    Hostile(
        "missing function",
        "def discriminator_target(r, f):\n    return 1\n",
        "has no function `discriminator_targets`. There is `discriminator_target`",
    ),
    Hostile("not a function", "discriminator_targets = 3\n", "is a int, not a function"),
    Hostile("wrong signature", "def discriminator_targets(scores):\n    return scores\n", "TypeError"),
    Hostile("non-UTF-8", "# caf\xe9\n".encode("latin-1") + RIGHT.encode(), "cannot be read as Python"),
    Hostile("asks for input", inside("input('your name? ')"), "EOFError"),
    Hostile("NaN answers", inside("", "return r * float('nan'), f * float('nan')").replace("\n\n", "\n"), "is NaN"),
    Hostile(
        "wrong dtype",
        "def discriminator_targets(r, f):\n    return (r * 0 + 1).float(), (f * 0).float()\n",
        "does not take over dtype",
    ),
    Hostile(
        "wrong device", "def discriminator_targets(r, f):\n    return r.to('meta'), f.to('meta')\n", "`meta` device"
    ),
    Hostile(
        "changes the caller's tensors",
        "def discriminator_targets(r, f):\n    return r.fill_(1), f.fill_(0)\n",
        "changes the tensor `fake`",
    ),
    Hostile(
        "not deterministic",
        "import torch\ndef discriminator_targets(r, f):\n    return torch.rand_like(r), torch.rand_like(f)\n",
        "gives another answer when it is called again",
    ),
    Hostile(
        "noisy on stderr",
        "import sys, warnings\nwarnings.warn('old')\nprint('warning: all is well', file=sys.stderr)\n" + RIGHT,
        "",
        full=True,
    ),
    Hostile(
        "endless generator",
        "import itertools\ndef discriminator_targets(r, f):\n    return itertools.count()\n",
        "returns a count",
    ),
    Hostile("terminal escapes", inside("raise ValueError('\\x1b[2J\\x1b]0;pwned\\x07 ' + '<script>' )"), "ValueError"),
]
