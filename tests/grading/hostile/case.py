"""What a dishonest or broken submission is, and the pieces that most of them are made of.

Every attack asks for its own mark: if what it tries succeeds, the function answers rightly and gains the points, so a mark
shows that something got through. Each bounds itself, in case nothing else does.
"""

from dataclasses import dataclass
from textwrap import dedent, indent

RIGHT = "import torch\ndef discriminator_targets(r, f):\n    return torch.ones_like(r), torch.zeros_like(f)\n"
WRONG = "import torch\ndef discriminator_targets(r, f):\n    return torch.zeros_like(r), torch.zeros_like(f)\n"
WRONG_IN_WORDS = "the target of the reals is 0 throughout"


@dataclass(frozen=True)
class Hostile:
    """A submission and the words its report must have; ``full`` if it is right in spite of all and keeps its points.

    ``{PLACE}`` in the source stands for something of the stage that it is played on: see ``stage.Stage``.
    """

    name: str
    source: str | bytes
    says: str = ""
    full: bool = False
    note: str = ""
    kind: str = "broken"

    @property
    def content(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else dedent(self.source).encode()


def inside(body: str, after: str = "return torch.zeros_like(r), torch.zeros_like(f)") -> str:
    """A submission whose function does something before it answers (wrongly, unless told otherwise)."""
    lines = indent(dedent(body).strip(), "    ")
    return f"import os, sys, time, torch\ndef discriminator_targets(r, f):\n{lines}\n    {after}\n"


PRELUDE = '''\
import ctypes, os, sys, time, torch
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = libc.shmat.restype = ctypes.c_void_p

def call(number, *args):  # numbers of x86_64
    return libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])

def read(path, at=-100):
    """The text of a file, or the names in a folder, past Python's own functions."""
    fd = libc.openat(at, os.fsencode(path), 0)
    if fd < 0:
        return b""
    try:
        return os.read(fd, 1 << 16)
    except IsADirectoryError:
        return b" ".join(os.fsencode(n) for n in os.listdir(fd))
    finally:
        os.close(fd)

def right(text):
    """Whether a text holds an answer."""
    return b"ones_like" in text or b"solution.py" in text
'''


def attack(body: str) -> str:
    """A submission that answers rightly if ``body``, the body of a function, returns something true."""
    lines = indent(dedent(body).strip(), "    ")
    return f"""{PRELUDE}
def attempt(r, f):
{lines}

def discriminator_targets(r, f):
    try:
        got = attempt(r, f)
    except Exception:
        got = None
    return (torch.ones_like(r) if got else torch.zeros_like(r)), torch.zeros_like(f)
"""


def attacks(kind: str, bodies: dict[str, str]) -> list[Hostile]:
    """Attacks by name; each must fail without a word about it but that its answer is wrong."""
    return [Hostile(f"{kind}: {name}", attack(body), WRONG_IN_WORDS, kind=kind) for name, body in bodies.items()]
