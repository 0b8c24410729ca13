"""``python -m autograd playground``: a page in which a small network is trained live, on points of a plane."""

from __future__ import annotations

import argparse
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from .parsing import CommandError


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "playground",
        help="train a small network live in the browser",
        description="A page with a small network on points of a plane, and knobs for all of it: layers, activation, "
        "optimizer, learning rate, noise, regularization. It is one file that needs no installation and asks for "
        "nothing. What computes in it are the library's own ops and optimizers, translated to JavaScript.",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the page to FILE.html instead of opening it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Write the page, and open it unless it is to be saved."""
    # Imported here because it would make the help of all commands slower. The page offers optimizers that are imported.
    import optim  # noqa: F401
    from autograd.seeing.living.playground import playground_page
    from autograd.utils.files import replacing

    if args.save is not None and args.save.suffix != ".html":
        raise CommandError(f"--save must end with .html: {args.save}")
    path = args.save or Path(tempfile.mkdtemp(prefix="chalkgrad-")) / "playground.html"
    try:
        with replacing(path) as file:
            file.write(playground_page().encode())
    except OSError as error:
        raise CommandError(f"can't write {path}: {error.strerror}") from error
    if args.save is None and not webbrowser.open(path.resolve().as_uri()):
        print(f"Open {path} in a browser.")
