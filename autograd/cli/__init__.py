"""The command line, ``python -m autograd COMMAND``.

A command is a module with ``add_parser(commands)``, which adds its subparser and sets ``run`` to what carries it out.
Only the options are declared at import; what a command works with is imported when it runs, so that help is there at
once. Of the whole package, only the commands may import `nn` and `optim`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import course, demo, playground, run, step, streams, warmup
from .parsing import CommandError, Parser

PROGRAM = "python -m autograd"
COMMANDS = (course, demo, playground, run, step, warmup)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0, 1 where its output can't be written, 2 for bad input, 130 where
    Ctrl-C stopped it."""
    streams.prepare()
    try:
        code = carry_out(argv)
        sys.stdout.flush()
    except OSError as error:
        if streams.can_be_written():
            raise
        streams.give_up()
        if not isinstance(error, BrokenPipeError):
            print(f"{PROGRAM}: can't write the output: {error.strerror}", file=sys.stderr)
        return 1
    return code


def carry_out(argv: Sequence[str] | None) -> int:
    """Run a command line and return its exit code, without a care for who reads what it prints."""
    parser = Parser(prog=PROGRAM, description="chalkgrad: a scalar-and-tensor autograd engine to think with.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in COMMANDS:
        command.add_parser(commands)
    program = PROGRAM
    try:
        args = parser.parse_args(argv)
        if args.command is None:
            parser.print_help()
            return 0
        program = f"{PROGRAM} {args.command}"
        args.run(args)
    except CommandError as error:
        print(f"{error.program or program}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return 0
