# ruff: noqa: E501 - each submission is one line of source
"""Messages written onto the grader's own channel, answers that are no answers, and limits turned against oneself."""

from .case import PRELUDE, RIGHT, WRONG, Hostile, attack, inside

SEND = '''
import json, os, struct
import torch
from safetensors.torch import save

def send(meta, tensors=None, raw=None, more=b""):
    """Write a frame, as the grader's own part does, onto every open file, and end."""
    data = raw if raw is not None else save(tensors or {"0": torch.ones(3, 1, 1, 1, dtype=torch.float64)}, metadata=meta)
    for fd in range(3, 64):
        try: os.write(fd, b"LYCS1\\n" + struct.pack("<Q", len(data)) + data + more)
        except OSError: pass
    os._exit(0)

def asked():
    """The names of the cases and the seeds, from the frames above."""
    import sys
    frame = sys._getframe()
    while frame and not {"check", "seeds"} <= frame.f_locals.keys():
        frame = frame.f_back
    return [c.name for c in frame.f_locals["check"].cases], list(frame.f_locals["seeds"])

def answer(case=lambda c: c, **more):
    names, seeds = asked()
    cases = [case({"case": n, "seed": s, "values": {"target of the reals": "0", "target of the fakes": "0"}, "error": "", "message": ""}) for n in names for s in seeds]
    return {"answer": json.dumps({"problem": "", "cases": cases, "notes": []} | more)}
'''

CHANNEL = "grader's own channel"


def forged(name: str, line: str, says: str = CHANNEL) -> Hostile:
    return Hostile(name, f"{SEND}\ndef discriminator_targets(r, f):\n    {line}\n", says, kind="forging")


CASES = [
    forged(
        "a seed that is infinite", "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": Infinity')})"
    ),
    forged(
        "a seed beyond every float", "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": 1e999')})"
    ),
    forged(
        "a seed that is not a number", "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": NaN')})"
    ),
    forged("a seed that is a list", "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": [0]')})"),
    forged("a seed that is true", "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": false')})"),
    forged(
        "a seed of ten thousand digits",
        "send({'answer': answer()['answer'].replace('\"seed\": 0', '\"seed\": ' + '9' * 10000)})",
    ),
    forged("a case twice", "a = json.loads(answer()['answer']); a['cases'] *= 2; send({'answer': json.dumps(a)})"),
    forged("a case left out", "a = json.loads(answer()['answer']); a['cases'].pop(); send({'answer': json.dumps(a)})"),
    forged("no cases", "send(answer(cases=[]))"),
    forged("cases that are a number", "send(answer(cases=3))"),
    forged("cases that are words", "send(answer(cases=['x', 'y']))"),
    forged("values that point nowhere", "send(answer(lambda c: c | {'values': {'target of the reals': '99'}}))"),
    forged("values that are a list", "send(answer(lambda c: c | {'values': ['0']}))"),
    forged("thousands of values", "send(answer(lambda c: c | {'values': {str(i): '0' for i in range(3000)}}))"),
    forged("notes that are an object", "send(answer(notes={'a': 1}))"),
    forged("notes without end", "send(answer(notes=['x' * 1000] * 5000))", ""),
    forged("a problem that is a list", "send(answer(problem=['x']))", ""),
    forged("a problem that is a page", "send(answer(problem='<script>' + 'x' * 100000))", ""),
    forged(
        "text that is no text",
        "send(answer(lambda c: c | {'message': '\\ud800\\x1b[2J\\u202e', 'error': '\\ud800'}))",
        "",
    ),
    forged("an answer nested without end", "send({'answer': '[' * 100000})"),
    forged("an answer that is a number", "send({'answer': '3'})"),
    forged("no answer", "send({'x': 'y'})"),
    forged(
        "two answers",
        "a = answer(); d = save({'0': torch.ones(3)}, metadata=a); send(a, more=b'LYCS1\\n' + struct.pack('<Q', len(d)) + d)",
    ),
    forged("an answer and something behind it", "send(answer(), more=b'more')"),
    forged("ready once more", "send({'ready': json.dumps({'in_force': [], 'possible': []})})"),
    forged("loaded once more", "send({'loaded': ''})"),
    forged(
        "a length beyond everything",
        "[os.write(fd, b'LYCS1\\n' + b'\\xff' * 8) for fd in range(3, 64) if os.fstat(fd)]",
        "",
    ),
    forged("half a frame", "send(None, raw=b'')", CHANNEL),
    forged("frames of no dimension", "send(answer(), {'0': torch.tensor(1.0, dtype=torch.float64)})", ""),
    forged("frames without an element", "send(answer(), {'0': torch.zeros(0, dtype=torch.float64)})", ""),
    forged("frames of whole numbers", "send(answer(), {'0': torch.ones(3, 1, 1, 1, dtype=torch.int64)})", ""),
    forged("frames of truth", "send(answer(), {'0': torch.ones(3, 1, 1, 1, dtype=torch.bool)})", ""),
    forged("frames of complex numbers", "send(answer(), {'0': torch.ones(3, 1, 1, 1, dtype=torch.complex64)})", ""),
    forged("frames of sixteen dimensions", "send(answer(), {'0': torch.ones([1] * 16, dtype=torch.float64)})", ""),
    forged(
        "frames that are not a number",
        "send(answer(), {'0': torch.full((3, 1, 1, 1), float('nan'), dtype=torch.float64)})",
        "",
    ),
    forged(
        "a long list of what was seen",
        "send(answer(lambda c: c | {'values': c['values'] | {'seen: x': '1', 'fact: x': '1'}}), {'0': torch.ones(3, dtype=torch.float64), '1': torch.ones(10**6)})",
        "",
    ),
    forged(
        "what was seen, of no dimension",
        "send(answer(lambda c: c | {'values': c['values'] | {'seen: x': '1', 'fact: x': '1'}}), {'0': torch.ones(3, dtype=torch.float64), '1': torch.tensor(1)})",
        "",
    ),
    forged(
        "names that are not names", "send(answer(lambda c: c | {'values': {'\\x00\\ud800' * 500: '0', '': '0'}}))", ""
    ),
    forged(
        "an error in place of an answer",
        "send(answer(lambda c: c | {'values': {}, 'error': 'ValueError', 'message': 'x'}))",
        "",
    ),
    forged("everything right, by word", "send(answer(score=99, status='passed', problem=''))", ""),
    Hostile(
        "the grader's own functions, turned",
        "import sys, torch\nf = sys._getframe()\nwhile f:\n    g = f.f_globals\n    for n in ('observe', 'plain', 'pack', 'failure'):\n"
        "        if n in g: g[n] = lambda *a, **k: b''\n    f = f.f_back\n" + WRONG,
        "",
        kind="forging",
    ),
    Hostile(
        "json, struct and torch, turned",
        "import json, struct, torch, safetensors.torch\njson.dumps = lambda *a, **k: '{}'\nstruct.pack = lambda *a: b'\\0' * 8\n"
        "safetensors.torch.save = lambda *a, **k: b''\ntorch.Tensor.clone = lambda s: torch.ones(3, 1, 1, 1)\n" + WRONG,
        "",
        kind="forging",
    ),
]

# Ways to end that are one's own doing, whatever they look like from outside.
OWN = {
    "memory that others could share": (
        "import mmap\nm = mmap.mmap(-1, 2 << 30)\nfor i in range(0, 2 << 30, 1 << 25): m[i:i + (1 << 25)] = b'x' * (1 << 25)\ntime.sleep(3)",
        "GiB of memory",
    ),
    "lowers its own limit of processor time": (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        "",
    ),
    "lowers its own memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))\nx = bytearray(1 << 28)",
        "",
    ),
    "lowers its own open files": ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))", ""),
    "lowers its own file size": (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); open('x', 'w').write('y' * 100000)",
        "",
    ),
    "strict seccomp": ("import ctypes; ctypes.CDLL(None).prctl(22, 1, 0, 0, 0); time.sleep(0)", ""),
    "kills itself": ("import ctypes; ctypes.CDLL(None).kill(os.getpid(), 9); time.sleep(20)", ""),
    "kills itself from a thread": (
        "import ctypes, threading; threading.Thread(target=lambda: ctypes.CDLL(None).kill(os.getpid(), 9)).start(); time.sleep(20)",
        "",
    ),
    "stops itself": ("import ctypes; ctypes.CDLL(None).kill(os.getpid(), 19); time.sleep(20)", ""),
    "an alarm": ("import signal; signal.alarm(1); signal.signal(signal.SIGALRM, signal.SIG_DFL); time.sleep(20)", ""),
    "a timer": ("import signal; signal.setitimer(signal.ITIMER_PROF, .1); x = 0\nwhile True: x += 1", ""),
    "ends with a signal of its own": (
        "import ctypes; ctypes.CDLL(None).raise_ if 0 else ctypes.CDLL(None)['raise'](15); time.sleep(20)",
        "",
    ),
    "closes every file": ("os.closerange(0, 256)", ""),
    "puts nothing in place of every file": (
        "n = os.open(os.devnull, os.O_RDWR)\nfor fd in range(64):\n    if fd != n: os.dup2(n, fd)",
        "",
    ),
    "ends from a thread": (
        "import threading; threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(20)",
        "",
    ),
    "waits for itself": (
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "without computing",
    ),
    "waits for a file that never comes": ("os.mkfifo('p'); open('p').read()", "without computing"),
    "ends before it answers": ("import ctypes; ctypes.CDLL(None)._exit(7)", "ended the whole program"),
    "an error that cannot be shown": ("class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E", ""),
    "an error that is never shown in full": ("raise ValueError('x' * (50 << 20))", "ValueError"),
    "an error that takes for ever to show": (
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
        "processor time",
    ),
    "an error that is its own cause": (
        "e = ValueError('x'); e.__cause__ = e; e.__context__ = e\nraise e",
        "ValueError",
    ),
    "an error of nobody's class": ("raise type('\\ud800\\x1b' * 300, (BaseException,), {})", ""),
    "a frame without end": (
        "sys.settrace(lambda *a: (_ for _ in ()).throw(ValueError('traced')))\nlen('x'); torch.ones(1)",
        "",
    ),
    "a hook for every import": (
        "import builtins; builtins.__import__ = lambda *a, **k: (_ for _ in ()).throw(ImportError('no'))",
        "",
    ),
    "no builtins": (
        "import builtins\nfor n in list(vars(builtins)):\n    if n not in ('range',): delattr(builtins, n)",
        "",
    ),
}
CASES += [Hostile(name, inside(body), says, kind="own doing") for name, (body, says) in OWN.items()]

# Answers that are no answers.
ANSWERS = {
    "nothing": "None, None", "one thing": "r", "a million things": "[r] * 10**6", "itself": "discriminator_targets",
    "an answer without bounds": "torch.ones(1).expand(10**9), f",
    "a sparse answer": "torch.zeros_like(r).to_sparse(), torch.zeros_like(f)",
    "a quantised answer": "torch.quantize_per_tensor(r.float(), .1, 0, torch.qint8), f",
    "a nested answer": "torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), f",
    "a complex answer": "torch.ones_like(r) + 0j, torch.zeros_like(f)",
    "an answer as text": "'1', '0'", "numbers of Python": "1, 0",
    "infinity": "torch.ones_like(r) / 0, torch.zeros_like(f)",
    "an answer whose backward fails": "type('F', (torch.autograd.Function,), {'forward': staticmethod(lambda c, x: x.clone()), 'backward': staticmethod(lambda c, g: 1 / 0)}).apply(torch.zeros_like(r).requires_grad_()), torch.zeros_like(f)",
}  # fmt: skip
CASES += [
    Hostile(name, inside("", f"return {value}").replace("\n\n", "\n"), "", kind="answers")
    for name, value in ANSWERS.items()
]

# Sources that are no sources.
SOURCES: dict[str, tuple[str | bytes, str]] = {
    "brackets in brackets": ("x = " + "(" * 100_000 + ")" * 100_000, "cannot be read as Python"),
    "a sum without end": ("x = " + "+".join(["1"] * 200_000), ""),
    "a coding that is not one": (b"# -*- coding: zlib -*-\n" + WRONG.encode(), "cannot be read as Python"),
    "a coding that hides": (b"# -*- coding: utf-7 -*-\n" + WRONG.encode(), ""),
    "a mark before the first letter": (b"\xef\xbb\xbf" + WRONG.encode(), ""),
    "letters that turn the line": (WRONG.replace("import torch", "import torch  # \u202e\u2066"), ""),
    "a loop while it is loaded": ("while True: pass", "processor time"),
    "a wait while it is loaded": ("import time; time.sleep(60)", "without computing"),
    "a crash while it is loaded": ("import ctypes; ctypes.string_at(0)", "segmentation fault"),
    "an end while it is loaded": ("import os; os._exit(0)", "ended the whole program"),
    "a name that answers to everything": ("import sys\nclass M(dict):\n    def __missing__(self, k): return 1\nsys.modules['exercise'].__class__ = type('X', (type(sys),), {'__getattr__': lambda s, n: 1})\n", "has no function"),
    "a module in its place": ("import sys, types\nm = types.ModuleType('exercise'); m.discriminator_targets = 3; sys.modules['exercise'] = m\n" + WRONG, ""),
    "names that are no names": ("globals()[3] = print; globals()[None] = print\n", "has no function"),
    "only comments": ("# nothing\n", "has no function"),
}  # fmt: skip
CASES += [Hostile(name, source, says, kind="sources") for name, (source, says) in SOURCES.items()]

CASES += [
    Hostile(
        "the seed from the frames above",
        f"{SEND}\ndef discriminator_targets(r, f):\n    names, seeds = asked()\n    return r * 0 + max(seeds), f * 0\n",
        "",
        kind="probes",
    ),
    Hostile(
        "a friend's numbers for the seed that everybody knew",
        PRELUDE + "TABLE = {TABLE}\ndef discriminator_targets(r, f):\n    key = (tuple(r.flatten().tolist()), tuple(f.flatten().tolist()))\n"
        "    a, b = TABLE.get(key, (r * 0, f * 0))\n    return torch.as_tensor(a, dtype=r.dtype).reshape(r.shape), torch.as_tensor(b, dtype=f.dtype).reshape(f.shape)\n",
        "",
        kind="probes",
    ),
    Hostile("right all the same", "import atexit, os\natexit.register(os.abort)\n" + RIGHT, full=True, kind="right"),
    Hostile("right, and asks for what it may", attack("open('mine', 'w').write('x'); return os.listdir('.') and os.cpu_count()"), full=True, kind="right"),
    Hostile("right, with a library", "import numpy, torch.nn.functional\nimport matplotlib\n" + RIGHT, full=True, kind="right"),
    Hostile("right, in threads", "import threading\nt = threading.Thread(target=print); t.start(); t.join()\n" + RIGHT, full=True, kind="right"),
]  # fmt: skip
