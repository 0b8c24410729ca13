"""A program in which something goes wrong on rank 1: `test_distributed` starts it on three ranks.

python -m autograd run --nproc 3 tests/distributed_faults.py kill folder
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import autograd
from autograd import distributed as dist

how, folder = sys.argv[1], Path(sys.argv[2])
if how == "before it begins" and os.environ["RANK"] == "1":
    raise ImportError("no such package")
dist.init_process_group("mpi", timeout=timedelta(seconds=8 if how == "is silent" else 120))
rank = dist.get_rank()
checkpoint = folder / "checkpoint.safetensors"
x = autograd.ones(3)
dist.all_reduce(x)


if rank == 1:
    if how == "raises":
        raise ValueError("bad luck")
    if how == "is killed":
        autograd.save({"step": 1}, checkpoint.with_suffix(".zip"))
        with autograd.utils.files.replacing(checkpoint.with_suffix(".zip")) as file:
            file.write(b"half of it")
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    if how == "ends":
        sys.exit()
    if how == "is silent":
        (folder / "silent").write_text("")
        while len(list(folder.glob("raised *"))) < 2:
            time.sleep(0.1)
try:
    dist.all_reduce(x)
except dist.DistBackendError:
    (folder / f"raised {rank}").write_text("")
    raise
