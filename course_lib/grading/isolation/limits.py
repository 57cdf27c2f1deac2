"""What a submission may use, and what each system holds it to.

Standard library only: this file is loaded by path in the process that will run the submission.
"""

import json
import sys
from dataclasses import asdict, dataclass

GIB, MIB = 1 << 30, 1 << 20
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class Limits:
    """Limits of one check of one submission."""

    wall_seconds: float = 30.0  # asleep: neither at work nor waiting for a processor
    cpu_seconds: int = 20
    patience_seconds: float = 300.0  # in all, on a machine too busy to let it run; longer than that is nobody's fault
    address_space: int = 6 * GIB  # torch does not import under 4
    memory: int = 4 * GIB  # resident, summed over the submission's processes
    processes: int = 32
    threads: int = 128
    file_bytes: int = 64 * MIB
    printed_bytes: int = 16 * MIB
    answer_bytes: int = 16 * MIB

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def limit_resources(limits: Limits) -> list[str]:
    """Set what this system lets one set; returns the names of the limits that are in force."""
    try:
        import resource
    except ImportError:  # Windows has none of these
        return []
    wanted = [
        (
            "address space",
            "RLIMIT_AS",
            limits.address_space if LINUX else None,
        ),  # macOS accepts it and does not enforce it
        ("cpu time", "RLIMIT_CPU", limits.cpu_seconds),
        ("file size", "RLIMIT_FSIZE", limits.file_bytes),
        ("open files", "RLIMIT_NOFILE", 256),
        ("no core dump", "RLIMIT_CORE", 0),
    ]
    done = []
    for name, constant, value in wanted:
        if value is None or not hasattr(resource, constant):
            continue
        try:
            resource.setrlimit(getattr(resource, constant), (value, value))
        except (ValueError, OSError):
            continue  # a harder limit was there before
        done.append(name)
    return done
