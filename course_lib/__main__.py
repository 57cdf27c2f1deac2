"""``python -m course_lib …``, which Python starts with the current folder first among the places that it imports from."""

import os
import sys

# A file called tqdm.py or pathlib.py beside submissions would run in place of the library's: nothing comes from the current
# folder, unless the course itself lies in it.
if not sys.flags.safe_path and os.path.dirname(os.path.dirname(os.path.abspath(__file__))) != os.path.abspath(
    sys.path[0]
):
    del sys.path[0]

from course_lib.cli import main

main()
