"""Attempts to read what holds the answer: the course, another copy of it, a neighbour's file, other processes, sockets."""

from .case import attacks

CASES = attacks(
    "reading",
    {
        "a folder's descriptor, then a name": """
            at = os.open("{INSTRUCTOR}", os.O_RDONLY)
            return right(os.read(os.open("solution.py", os.O_RDONLY, dir_fd=at), 1 << 16))
        """,
        "a folder's descriptor from C": """
            at = libc.open(b"{INSTRUCTOR}", 0o200000)
            return at >= 0 and right(read("solution.py", at))
        """,
        "O_PATH, then /proc/self/fd": """
            at = libc.open(b"{SOLUTION}", 0o10000000)
            return at >= 0 and right(read(f"/proc/self/fd/{at}"))
        """,
        "chdir, then a relative path": """
            return libc.chdir(b"{INSTRUCTOR}") == 0 and right(read("solution.py"))
        """,
        "up from the work folder": "return right(read('../' * 40 + '{SOLUTION}'))",
        "through /proc/self/root": "return right(read('/proc/self/root{SOLUTION}'))",
        "through the grader's root": "return right(read('/proc/{GRADER}/root{SOLUTION}'))",
        "through the parent's root": "return right(read(f'/proc/{os.getppid()}/root{SOLUTION}'))",
        "through the grader's folder": "return b'exercises' in read('/proc/{GRADER}/cwd')",
        "the raw system call": """
            fd = call(257, -100, b"{SOLUTION}", 0, 0)
            return fd >= 0 and right(os.read(fd, 1 << 16))
        """,
        "openat2": """
            how = (ctypes.c_uint64 * 3)(0, 0, 0)
            fd = call(437, -100, b"{SOLUTION}", ctypes.byref(how), 24)
            return fd >= 0 and right(os.read(fd, 1 << 16))
        """,
        "a file handle": """
            handle = (ctypes.c_uint8 * 136)(128)
            where = ctypes.c_int()
            if call(303, -100, b"{SOLUTION}", ctypes.byref(handle), ctypes.byref(where), 0) != 0:
                return False
            at = libc.open(b"{INSTRUCTOR}", 0o200000)
            fd = call(304, at, ctypes.byref(handle), 0)
            return fd >= 0 and right(os.read(fd, 1 << 16))
        """,
        "a ring of requests": "return call(425, 8, ctypes.byref((ctypes.c_uint8 * 120)())) >= 0",
        "a link in the work folder": """
            os.symlink("{SOLUTION}", "mine")
            return right(read("mine"))
        """,
        "a hard link in the work folder": "return libc.link(b'{SOLUTION}', b'mine') == 0 and right(read('mine'))",
        "renamed into the work folder": "return libc.rename(b'{COPY}', b'mine') == 0 and right(read('mine'))",
        "C's own files": """
            libc.fopen.restype = ctypes.c_void_p
            return bool(libc.fopen(b"{SOLUTION}", b"r"))
        """,
        "numpy": "import numpy; return right(numpy.fromfile('{SOLUTION}', dtype='uint8').tobytes())",
        "memory mapped by numpy": "import numpy; return right(numpy.memmap('{SOLUTION}', dtype='uint8', mode='r').tobytes())",
        "torch": "return right(bytes(torch.from_file('{SOLUTION}', size=2000, dtype=torch.uint8).tolist()))",
        "a zip importer": """
            import zipimport
            return bool(zipimport.zipimporter("{ZIP}").get_data("solution.py"))
        """,
        "sqlite": """
            import sqlite3
            return bool(sqlite3.connect("file:{SOLUTION}?mode=ro", uri=True).execute("select 1").fetchall()) and right(read("{SOLUTION}"))
        """,
        "a loader for modules": """
            from importlib.machinery import SourceFileLoader
            return SourceFileLoader("solution", "{SOLUTION}").load_module().discriminator_targets(r, f)
        """,
        "runpy": "import runpy; return runpy.run_path('{SOLUTION}')",
        "the library without the import guard": """
            sys.meta_path[:] = [m for m in sys.meta_path if type(m).__name__ != "Finder"]
            sys.path.insert(0, "{ROOT}")
            import course_lib.losses
            return True
        """,
        "another copy of the course": "return right(read('{COPY}'))",
        "the list of the course's folder": "return b'solution.py' in read('{INSTRUCTOR}')",
        "the stored answers of a kit": "return len(read('{STORED}')) > 0",
        "a neighbour's file": "return right(read('{NEIGHBOUR}'))",
        "the list of the class": "return b'ada' in read('{CLASS}')",
        "a neighbour's report": "return len(read('{REPORT}')) > 0",
        "the home folder": "return len(read('{HOME}')) > 0 or len(read(os.path.expanduser('~root'))) > 0",
        "the temporary folder": "return b'stage' in read('/tmp') or b'grading' in read('/tmp')",
        "files that are open here": """
            for fd in range(3, 256):
                try:
                    os.set_blocking(fd, False)
                    if right(os.read(fd, 1 << 16)) or right(os.pread(fd, 1 << 16, 0)):
                        return True
                except OSError:
                    pass
        """,
        "the memory of the grader": "return len(read('/proc/{GRADER}/mem')) > 0 or libc.open(b'/proc/{GRADER}/mem', 2) >= 0",
        "the memory of the parent": "return libc.open(f'/proc/{os.getppid()}/mem'.encode(), 0) >= 0",
        "process_vm_readv": """
            address = ctypes.c_size_t(ctypes.addressof(ctypes.create_string_buffer(8)))
            buffer = ctypes.create_string_buffer(8)
            here = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
            there = (ctypes.c_size_t * 2)(4194304, 8)
            return any(call(310, pid, here, 1, there, 1, 0) >= 0 or ctypes.get_errno() == 14 for pid in ({GRADER}, os.getppid()))
        """,
        "ptrace": "return any(libc.ptrace(0x4206, pid, 0, 0) == 0 for pid in ({GRADER}, os.getppid()) if pid)",
        "a descriptor of the grader": """
            process = call(434, {GRADER}, 0)
            return process >= 0 and any(call(438, process, fd, 0) >= 0 for fd in range(3, 30))
        """,
        "the grader's environment": "return len(read('/proc/{GRADER}/environ')) > 0 or len(read('/proc/{GRADER}/cmdline')) > 0",
        "a Unix socket": """
            import socket
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(3); s.connect("{SOCKET}")
                return right(s.recv(1000))
        """,
        "a Unix socket from C": """
            fd = libc.socket(1, 1, 0)
            address = (ctypes.c_uint16(1).value).to_bytes(2, "little") + b"{SOCKET}" + b"\\0"
            return fd >= 0 and libc.connect(fd, address, len(address)) == 0
        """,
        "an abstract socket": """
            fd = libc.socket(1, 1, 0)
            address = (1).to_bytes(2, "little") + b"\\0{ABSTRACT}"
            return fd >= 0 and libc.connect(fd, address, len(address)) == 0
        """,
        "a datagram to a Unix socket": """
            pair = (ctypes.c_int * 2)()
            address = (1).to_bytes(2, "little") + b"{DATAGRAMS}" + b"\\0"
            return libc.socketpair(1, 2, 0, pair) == 0 and libc.sendto(pair[0], b"hello", 5, 0, address, len(address)) >= 0
        """,
        "the network from C": """
            fd = libc.socket(2, 1, 0)
            address = (2).to_bytes(2, "little") + ({PORT}).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
            return fd >= 0 and libc.connect(fd, address, 16) == 0
        """,
        "the network through a library": """
            import urllib.request
            return right(urllib.request.urlopen("http://127.0.0.1:{PORT}", timeout=3).read())
        """,
        "a netlink socket": "return libc.socket(16, 3, 0) >= 0",
        "shared memory": """
            where = libc.shmat({SHARED}, None, 0o10000)
            return where not in (None, 2**64 - 1) and right(ctypes.string_at(where, 1000))
        """,
        "a keyring": "return call(250, 0, -4, 1) > 0 or call(248, b'user', b'x', b'y', 1, -4) > 0",
        "a terminal": "return any(libc.open(p, 2) >= 0 for p in (b'/dev/tty', b'/dev/console', b'/dev/tty1', b'/dev/pts/0', b'/dev/ptmx'))",
        "the disk": "return any(libc.open(p, 0) >= 0 for p in (b'/dev/vda', b'/dev/sda', b'/dev/nvme0n1', b'/dev/mem', b'/dev/kmsg'))",
        "a device of one's own": "return libc.mknod(b'disk', 0o60644, 0xFE00) == 0 and libc.open(b'disk', 0) >= 0",
        "another program": "return libc.system(b'cat {SOLUTION} > mine') == 0 and right(read('mine'))",
        "another program, started in C": """
            arguments = (ctypes.c_char_p * 3)(b"/bin/cat", b"{SOLUTION}", None)
            pid = ctypes.c_int()
            return libc.posix_spawn(ctypes.byref(pid), b"/bin/cat", None, None, arguments, None) == 0
        """,
        "a process by the raw call": """
            pid = call(57)
            if pid == 0: os._exit(0)
            return pid > 0
        """,
        "namespaces of one's own": "return call(272, 0x10000000 | 0x20000) == 0",
        "the grader's namespaces": """
            at = libc.open(b"/proc/{GRADER}/ns/mnt", 0)
            return at >= 0 and call(308, at, 0) == 0
        """,
        "out of the root": """
            libc.mkdir(b"x", 0o755)
            return call(161, b"x") == 0 and right(read("../" * 40 + "{SOLUTION}"))
        """,
        "the new calls for mounts": "return call(428, -100, b'/', 1) >= 0 or call(430, b'tmpfs', 0) >= 0",
        "what is mounted, laid bare": "return any(call(166, p, 2) == 0 for p in (b'/', b'/usr', b'{WORK}', b'/proc', b'{ROOT}'))",
    },
)
