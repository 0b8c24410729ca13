"""``python -m autograd run script.py``: run a program that was written for PyTorch."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from .parsing import CommandError, positive_int
from .ranks import enter, start


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "run",
        help="run a program that says `import torch` with this package in PyTorch's place",
        description="Run a script, or with -m a module, as Python does; `import torch` and everything below it mean "
        "this package, also in Python processes that it starts. A PyTorch that is installed is not imported.",
    )
    parser.add_argument(
        "--nproc", type=positive_int, default=1, metavar="N", help="run it on N processes that compute together, by MPI"
    )
    parser.add_argument("-m", dest="module", nargs=argparse.REMAINDER, help="a module or package, and its arguments")
    parser.add_argument("script", nargs="?", help="a Python script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script gets as its own arguments")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Run the program as ``__main__``. What it raises is raised, and what it exits with is the exit code."""
    from autograd.torch.hook import as_torch, inherit

    if not args.module and not args.script:
        raise CommandError("name a script, or a module after -m")
    if args.script and not args.module and not Path(args.script).exists():
        raise CommandError(f"no such file: {args.script}")
    if args.nproc > 1:
        start(args.nproc, ["run", *(["-m", *args.module] if args.module else [args.script, *args.arguments])])
    enter()
    sys.argv = args.module or [args.script, *args.arguments]
    sys.path.insert(0, os.getcwd() if args.module else os.path.dirname(os.path.abspath(args.script)))
    as_torch()
    inherit()
    if args.module:
        runpy.run_module(args.module[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(args.script, run_name="__main__")
