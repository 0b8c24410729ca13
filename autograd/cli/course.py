"""``python -m autograd course``: the notebooks of the course, copied to a folder of the learner's."""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import autograd

from .parsing import CommandError

FIRST = "01_neuron.ipynb"
# What is copied. With pyproject.toml's data-files a wheel brings the same.
COPIED = ("README.md", "*.ipynb", "solutions/*.py")
# What the notebooks import, beside chalkgrad and what it needs itself.
NEEDED = ("matplotlib", "mlxtend", "names", "vega_datasets")
JUPYTER = ("jupyterlab", "notebook")


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "course",
        help="copy the notebooks of the course to a folder of yours",
        description="Twelve notebooks from a neuron to a transformer, with exercises that say what is wrong with an "
        "answer. They are copied, with the solutions, to a folder of yours; what you changed there is kept. "
        "Then Jupyter is opened, if it is installed.",
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("chalkgrad-course"), help="default: %(default)s")
    parser.add_argument("--force", action="store_true", help="write anew also what you changed")
    parser.add_argument("--no-open", action="store_true", help="only copy; don't open Jupyter")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Copy, say what was kept and what to do next, and open Jupyter on a terminal."""
    folder: Path = args.folder
    source = where_notebooks_are()
    files = [path for pattern in COPIED for path in sorted(source.glob(pattern))]
    try:
        kept = copy(files, source, folder, args.force)
    except OSError as error:
        raise CommandError(f"can't write to {folder}: {error.strerror}") from error
    print(f"{len([path for path in files if path.suffix == '.ipynb'])} notebooks and their solutions are in {folder}")
    if kept:
        print(f"kept as they are there, since they were changed: {', '.join(kept)} (--force writes them anew)")
    print(f"begin with {folder / FIRST}; README.md says what each is about and how long it takes")
    jupyter = next(filter(find_spec, JUPYTER), None)
    missing = [*([] if jupyter else ["jupyter"]), *(name for name in NEEDED if not find_spec(name))]
    if missing:
        print(f'not installed yet: {", ".join(missing)} (pip install "chalkgrad[course]" brings what is missing)')
    if jupyter and not args.no_open and sys.stdout.isatty():
        open_in(jupyter, folder)
    else:
        print(f"to open it: jupyter {'lab' if jupyter == 'jupyterlab' else 'notebook'} {folder / FIRST}")


def where_notebooks_are() -> Path:
    """The folder of the notebooks: in a checkout beside the package, else where a wheel put its data."""
    beside = Path(autograd.__file__).resolve().parent.parent
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    # `pip install --target` has the data beside the packages.
    data = [*(Path(sysconfig.get_path("data", scheme)) for scheme in schemes), beside]
    for folder in (beside / "notebooks", *(place / "share" / "chalkgrad" / "notebooks" for place in data)):
        if (folder / FIRST).is_file():
            return folder
    raise CommandError("the notebooks were not installed with this package; they are in its repository")


def copy(files: list[Path], source: Path, folder: Path, force: bool) -> list[str]:
    """Copy files from ``source`` to the same places in ``folder``; the names of those that are there but different."""
    from autograd.utils.files import replacing

    kept = []
    for path in files:
        name = path.relative_to(source)
        target, content = folder / name, path.read_bytes()
        same = target.exists() and target.read_bytes() == content
        if target.exists() and not same and not force:
            kept.append(name.as_posix())
        elif not same:
            target.parent.mkdir(parents=True, exist_ok=True)
            with replacing(target) as file:
                file.write(content)
    return kept


def open_in(jupyter: str, folder: Path) -> None:
    """Run Jupyter on the first notebook until it is ended. It answers Ctrl-C with a question of its own."""
    with subprocess.Popen([sys.executable, "-m", jupyter, FIRST], cwd=folder) as server:
        while server.returncode is None:
            with suppress(KeyboardInterrupt):
                server.wait()
