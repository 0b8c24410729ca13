"""What the demo does: train a network, test it on data held out, print how well it does, and draw pictures of it."""

from __future__ import annotations

import argparse

import autograd

from . import confusion, digits, models, pictures, sequences, together, training
from .outputs import CHECKPOINT, GRAPH, MISTAKES, TRAINING, cannot_write


def run_on_sequences(args: argparse.Namespace) -> None:
    """Train a recurrent network and compare it with its baseline."""
    autograd.manual_seed(args.seed)
    task = sequences.TASKS[args.model](args.seed)
    print(f"task     {task.purpose}")
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
    together.join()
    train_set, test_set = digits.load(args.seed)
    autograd.manual_seed(args.seed)
    model = models.cnn() if args.model == "cnn" else models.mlp()
    images, labels = test_set.tensors
    print(f"digits   {len(train_set):,} to train on, {len(test_set):,} held out, split by seed {args.seed}")
    parameters = sum(p.numel() for p in model.parameters())
    print(f"model    {args.model}, {parameters:,} parameters{together.text()}", flush=True)

    history = training.train_on_digits(
        model, train_set, test_set, args.out / CHECKPOINT, epochs=args.epochs, batch_size=args.batch_size, lr=args.lr
    )
    if not together.first():
        return
    together.leave()
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
    if args.ranks > 1:
        print(f"{args.out / CHECKPOINT!s:{width}}what it learned, for autograd.load")
