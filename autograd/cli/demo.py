"""``python -m autograd demo``: train a small network on handwritten digits, and show how it went."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

from .parsing import CommandError, any_int, positive_float, positive_int

PACKAGES = ("mlxtend", "matplotlib", "tqdm")
TRAINING, MISTAKES, GRAPH = PICTURES = ("training.png", "mistakes.png", "graph.svg")


def add_parser(commands: Any) -> None:
    """Declare the command and its options."""
    text = "Train a small network on 4,000 handwritten digits of MNIST and test it on 1,000 others."
    parser = commands.add_parser(
        "demo",
        help="train a network on handwritten digits",
        description=text,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    option = parser.add_argument
    option("--model", choices=("cnn", "mlp"), default="cnn", help="convolutional, or fully connected layers only")
    option("--epochs", type=positive_int, default=10, metavar="N", help="how often to go through the training digits")
    option("--batch-size", type=positive_int, default=32, metavar="N", help="digits in a step")
    option("--lr", type=positive_float, default=0.005, metavar="X", help="the largest learning rate on the way")
    option("--seed", type=any_int, default=0, metavar="S", help="for the split, the first weights, order and dropout")
    option("--out", type=Path, default=Path("out"), metavar="DIR", help="where to put the pictures")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Train, test, print the results and leave the pictures in ``args.out``."""
    require_packages()
    prepare_directory(args.out)

    import autograd

    from . import confusion, digits, models, pictures, training

    train_set, test_set = digits.load(args.seed)
    autograd.manual_seed(args.seed)
    model = models.cnn() if args.model == "cnn" else models.mlp()
    images, labels = test_set.tensors
    print(f"digits   {len(train_set):,} to train on, {len(test_set):,} held out, split by seed {args.seed}")
    print(f"model    {args.model}, {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)

    history = training.train(model, train_set, test_set, epochs=args.epochs, batch_size=args.batch_size, lr=args.lr)
    probabilities = training.predict(model, images)
    counts = confusion.matrix(labels.numpy(), probabilities.argmax(axis=1))
    wrong = counts.sum() - counts.trace()
    accuracy = 1 - wrong / counts.sum()
    print(f"\ntest accuracy {accuracy:.1%}: {wrong} of {counts.sum():,} wrong; trained in {history.seconds:.1f} s\n")
    print(confusion.table(counts), end="\n\n", flush=True)

    try:
        pictures.draw_training(history, args.out / TRAINING)
        pictures.draw_mistakes(images.numpy(), labels.numpy(), probabilities, args.out / MISTAKES)
        pictures.draw_graph(model, images[:4], labels[:4], args.out / GRAPH)
    except OSError as error:
        raise cannot_write(args.out, error) from error
    width = len(str(args.out / TRAINING)) + 3
    print(f"{args.out / TRAINING!s:{width}}loss and accuracy during the training")
    print(f"{args.out / MISTAKES!s:{width}}the digits it got wrong")
    print(f"{args.out / GRAPH!s:{width}}the computation graph of one forward pass")


def require_packages() -> None:
    """Raise CommandError unless the packages that only the demo needs are installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise CommandError(f'missing {" and ".join(missing)}; install with: pip install "chalkgrad[demo]"')


def prepare_directory(out: Path) -> None:
    """Make the directory ``out`` and see that the pictures can be written to it; CommandError if not."""
    path = out
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
        for path in (out / name for name in PICTURES):
            if path.exists():
                path.open("ab").close()
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> CommandError:
    reason = "it is not a directory" if isinstance(error, FileExistsError) else error.strerror or error
    return CommandError(f"can't write to '{path}' ({reason}); choose another directory with --out")
