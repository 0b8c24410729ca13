"""Loads files that were changed or made to do harm, and prints how each went; run by `test_hostile_files`.

``python hostile_files.py FOLDER`` loads each file in the folder. Every line of the answer is a file's name and an
error, or "loaded". If anything is run, another file opened, or more memory taken than twice the file's size, the
program says so and ends.
"""

import resource
import sys
import tracemalloc

# NumPy's reader of headers looks at letters beyond ASCII with it.
import unicodedata  # noqa: F401
from pathlib import Path

import autograd

# What the objects of Python take of which a small file is made, and what is looked up at the first file.
ROOM = 1_000_000
FORBIDDEN = ("import", "os.", "subprocess.", "exec", "pty.", "socket.", "ctypes.", "shutil.", "urllib.")


def main(folder):
    paths = sorted(Path(folder).iterdir())
    for path in paths:
        if path.name.startswith("whole"):
            autograd.load(path)
    loading = None

    def watch(event, given):
        if loading is None:
            return
        elsewhere = event == "open" and str(given[0]) != str(loading)
        if elsewhere or event.startswith(FORBIDDEN):
            print(f"{loading.name}: RAN {event} {given}", flush=True)
            sys.exit(1)

    sys.addaudithook(watch)
    # More than the program has now, it never gets: half a gigabyte for all.
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 29),) * 2)
    tracemalloc.start()
    for path in paths:
        size = path.stat().st_size
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        loading = path
        try:
            found = autograd.load(path)
            outcome = "loaded"
            del found
        except Exception as error:
            outcome = f"{type(error).__name__}: {str(error)[:150]!r}"
        loading = None
        taken = tracemalloc.get_traced_memory()[1] - before
        if taken > 2 * size + ROOM:
            outcome = f"TOOK {taken} bytes, and the file has {size}; {outcome}"
        print(f"{path.name}: {outcome}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
