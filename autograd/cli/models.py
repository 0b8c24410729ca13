"""The networks of the demo: from images (N, 1, 28, 28) to a score for each of ten digits (N, 10)."""

from __future__ import annotations

import nn


def cnn() -> nn.Sequential:
    """Two convolutions that halve the image, then two dense layers."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding="same"),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),  # 28 to 14 pixels a side
        nn.Conv2d(8, 16, 5, padding="same"),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),  # 14 to 7
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )


def mlp() -> nn.Sequential:
    """Dense layers only, which know nothing of which pixels are neighbours."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(28 * 28, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
