"""Rows of dropout."""

import numpy as np

from .arrays import BOOLS, gapped, real
from .rows import fails, row, smooth

for name, of_rank in (
    ("dropout", (2, 3)), ("dropout1d", (2, 3)), ("dropout2d", (2, 3, 2, 1)), ("dropout3d", (1, 2, 3, 2, 1)),
    ("alpha_dropout", (2, 3)), ("feature_alpha_dropout", (2, 3)),
):  # fmt: skip
    # What is random in them has tests of its own.
    row(
        name if "alpha" in name else f"nn.functional.{name}",
        lambda x, p=0.5, training=True: x * (0 if p == 1 and training else 1),
        *[smooth(real(*of_rank), p=p, training=training) for p, training in ((0.3, False), (0.0, True), (1.0, True))],
        *[fails(ValueError, "dropout probability has to be between 0 and 1", real(2), p=1.5)] * (name == "dropout"),
        torch=f"nn.functional.{name}",
    )
row(
    "dropout", np.multiply,
    smooth(real(), np.array(2.0)),
    smooth(real(2, 3), BOOLS * 2.0),
    smooth(real(3, 2).T, gapped(BOOLS * 2.0)),
    smooth(real(0, 3), np.zeros((0, 3))),
    torch=lambda torch, x, noise: x * noise,
    wrt=(0,),
)  # fmt: skip
