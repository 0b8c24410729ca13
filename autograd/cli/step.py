"""``python -m autograd step script.py``: run a script, and step through what it computed and how it went back."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from .parsing import CommandError


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "step",
        help="step through a script's forward and backward pass",
        description="Run a script, then play every call, every step back and every update of an optimizer by key: "
        "arrows or space, Home, End, q. Where the output is no terminal, all steps are printed.",
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="write the player to FILE.html, or the record to FILE.json"
    )
    parser.add_argument("script", type=Path, help="a Python script that calls backward()")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script gets as its own arguments")
    parser.set_defaults(run=run)


def take_save(args: argparse.Namespace) -> None:
    """Take ``--save FILE`` from behind the script, too, if it is for a file that this command writes.

    What comes after ``--`` is the script's own.
    """
    given: list[str] = args.arguments
    end = given.index("--") if "--" in given else len(given)
    for place, word in enumerate(given[:end] if args.save is None else ()):
        name, _, file = word.partition("=")
        used = 1 if file else 2
        file = file or "".join(given[place + 1 : place + 2])
        if name == "--save" and Path(file).suffix in (".html", ".json"):
            args.save = Path(file)
            del given[place : place + used]
            break
    if "--" in given:
        given.remove("--")


def run(args: argparse.Namespace) -> None:
    """Run the script, then play what was recorded. What the script raises is raised."""
    # Imported here because they would make the help of all commands slower. nn and optim are not used, but a recording
    # only looks at modules and optimizers if they have been imported when it begins.
    import nn  # noqa: F401
    import optim  # noqa: F401
    from autograd.seeing import Trace

    take_save(args)
    if not args.script.is_file():
        raise CommandError(f"no such file: {args.script}")
    if not os.access(args.script, os.R_OK):
        raise CommandError(f"can't read {args.script}")
    if args.save is not None and args.save.suffix not in (".html", ".json"):
        raise CommandError(f"--save must end with .html or .json: {args.save}")
    argv, sys.argv = sys.argv, [str(args.script), *args.arguments]
    sys.path.insert(0, str(args.script.parent.resolve()))
    trace = Trace(title=args.script.name)
    try:
        with trace.recording:
            variables = runpy.run_path(str(args.script), run_name="__main__")
    except SyntaxError as error:
        if error.filename != str(args.script):
            raise
        raise CommandError(f"{args.script}, line {error.lineno or 1}: {error.msg}") from error
    finally:
        sys.argv = argv
        sys.path.pop(0)
    trace.learn_names(variables)
    if not trace.recording.events:
        raise CommandError(f"{args.script} computed nothing with a gradient; make a Tensor with requires_grad=True")
    if args.save is None:
        trace.print()
        return
    try:
        trace.save(args.save)
    except OSError as error:
        raise CommandError(f"can't write {args.save}: {error.strerror}") from error
    print(args.save)
