"""Recurrent networks, forward and backward: one layer over (T, B, I) with H hidden features.

python bench/rnn.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import autograd
import nn

# (T, B, I, H), and the ratio at most for each kind.
SHAPES = (
    ((128, 1, 64, 64), {"RNN": 0.3, "LSTM": 0.6, "GRU": 0.1}),
    ((32, 16, 32, 64), {"RNN": 0.8, "LSTM": 0.9, "GRU": 0.4}),
    ((64, 32, 64, 128), {"RNN": 0.9, "LSTM": 0.95, "GRU": 0.7}),
    ((100, 64, 128, 256), {"RNN": 0.95, "LSTM": 1.0, "GRU": 0.9}),
    ((20, 8, 16, 32), {"RNN": None, "LSTM": None, "GRU": None}),
    ((50, 128, 32, 64), {"RNN": None, "LSTM": None, "GRU": None}),
    ((1, 32, 64, 128), {"RNN": None, "LSTM": None, "GRU": None}),
)


def step(lib, modules, kind, shape):
    """The gradients of the input, the states and all weights of one layer."""
    length, batch, features, hidden = shape
    lib.manual_seed(0)
    layer = getattr(modules, kind)(features, hidden)
    x = lib.randn(length, batch, features, requires_grad=True)
    h = lib.zeros(1, batch, hidden, requires_grad=True)
    states = (h, lib.zeros(1, batch, hidden, requires_grad=True)) if kind == "LSTM" else h
    upstream = lib.randn(length, batch, hidden)

    def run():
        out, _ = layer(x, states)
        out.backward(upstream)

    return run


def main():
    options = arguments("rnn", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Recurrent layers: one thread, medians of interleaved runs, {options.seconds:g} s a row")
    for shape, limits in SHAPES:
        for kind, at_most in limits.items():
            contenders = {"ours": step(autograd, nn, kind, shape)}
            if torch:
                contenders["torch"] = step(torch, torch.nn, kind, shape)
            report.add(f"{kind:4} {shape}", interleaved(contenders, options.seconds), at_most)
    report.save(options.json)


if __name__ == "__main__":
    main()
