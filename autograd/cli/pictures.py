"""What the demo leaves behind to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, PercentFormatter

import autograd
import nn
from autograd import Tensor

from .task import Task
from .training import History

# Blue and vermilion of the Okabe-Ito palette, which colour-blind people can tell apart.
BLUE, RED, GREY, FAINT = "#0072B2", "#D55E00", "#616E7C", "#E4E7EB"
COLUMNS, MOST = 8, 40


def draw_training(history: History, path: Path) -> None:
    """The loss of each step, and the accuracy after each epoch."""
    epochs = len(history.test_score)
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)

    draw_loss(left, history)

    ticks = range(1, epochs + 1)
    right.plot(ticks, history.train_score, "o-", color=BLUE, markersize=4, label="training (with dropout)")
    held_out = f"held out: {history.test_score[-1]:.1%} in the end"
    right.plot(ticks, history.test_score, "o-", color=RED, markersize=4, label=held_out)
    right.set(title="Accuracy", xlabel="epoch", xlim=(0.5, epochs + 0.5))
    right.yaxis.set_major_formatter(PercentFormatter(1))
    tidy(right)
    figure.savefig(path, dpi=150)


def draw_learning(history: History, task: Task, path: Path) -> None:
    """The loss of each step, and the score after each epoch beside that of the baseline."""
    epochs = len(history.test_score)
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_loss(left, history)
    ticks = range(1, epochs + 1)
    right.axhline(
        task.baseline, color=GREY, linestyle="--", label=f"{task.against}: {task.text(task.baseline).strip()}"
    )
    right.plot(ticks, history.train_score, "o-", color=BLUE, markersize=4, label="training")
    last = task.text(history.test_score[-1]).strip()
    right.plot(ticks, history.test_score, "o-", color=RED, markersize=4, label=f"held out: {last} in the end")
    right.set(title="Share that is right" if task.percent else f"Error in{task.unit}", xlabel="epoch")
    right.set(xlim=(0.5, epochs + 0.5), ylim=(0, None))
    if task.percent:
        right.yaxis.set_major_formatter(PercentFormatter(1))
    tidy(right)
    figure.savefig(path, dpi=150)


def draw_loss(axes: Axes, history: History) -> None:
    """The loss of each step over the epochs."""
    epochs = len(history.test_score)
    progress = np.arange(1, len(history.loss) + 1) * (epochs / len(history.loss))
    axes.plot(progress, history.loss, color=BLUE, alpha=0.25, linewidth=0.8, label="each step")
    axes.plot(progress, smoothed(history.loss), color=BLUE, linewidth=2, label="running mean")
    axes.set(title="Loss", xlabel="epoch", ylim=(0, None), xlim=(0, epochs))
    tidy(axes)


def smoothed(values: list[float], reach: int = 10) -> list[float]:
    """The mean of each value and its neighbours."""
    return [float(np.mean(values[max(0, i - reach) : i + reach + 1])) for i in range(len(values))]


def tidy(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT)
    axes.set_axisbelow(True)
    axes.legend(frameon=False)


def draw_mistakes(
    images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any], path: Path
) -> None:
    """The digits taken for others, those first of which the network was surest."""
    predicted, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    shown = wrong[np.argsort(-sureness[wrong], kind="stable")][:MOST]
    rows = max(1, -(-len(shown) // COLUMNS))
    layout = ConstrainedLayoutEngine(h_pad=0.09, w_pad=0.07)
    figure = Figure(figsize=(1.25 * COLUMNS, 1.75 * rows + 0.8), layout=layout)
    figure.suptitle(mistakes_title(len(wrong), len(labels)), fontsize=13)
    for number, axes in enumerate(figure.subplots(rows, COLUMNS, squeeze=False).flat):
        if number >= len(shown):
            axes.axis("off")
            continue
        i = shown[number]
        axes.imshow(images[i, 0], cmap="gray_r")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(FAINT)
        axes.set_title(f"{labels[i]} → {predicted[i]}", fontsize=13, pad=4)
        axes.set_xlabel(f"{sureness[i]:.0%}", fontsize=10, color=GREY, labelpad=3)
    figure.savefig(path, dpi=150)


def mistakes_title(wrong: int, total: int) -> str:
    if not wrong:
        return f"No mistakes: all {total:,} held-out digits were seen right"
    shown = "" if wrong <= MOST else f"; the {MOST} it was surest of"
    return f"{wrong:,} of {total:,} held-out digits taken for others{shown}\ndigit → what it saw, and how sure it was"


def draw_graph(model: nn.Module, images: Tensor, labels: Tensor, path: Path) -> None:
    """The computation graph of one forward pass, as in training."""
    model.train()
    loss = nn.CrossEntropyLoss()(model(images), labels)
    names = [("images", images), ("labels", labels), *model.named_parameters(), *model.named_buffers()]
    autograd.draw(loss, names=names).render(outfile=str(path), cleanup=True)
