"""What a second thread gains: layers forward and backward on one thread and on two, and what handing work over costs.

python bench/threads.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved  # isort: skip  (one thread is set before NumPy loads)

import autograd
import nn
from autograd.kernels.compiling.threads import WORTHWHILE, divided


def on(threads, work):
    """``work`` on so many threads."""

    def run():
        autograd.set_num_threads(threads)
        work()

    return run


def layer(module, *shape):
    """A step forward and backward."""
    x = autograd.randn(shape, requires_grad=True)
    upstream = autograd.ones(module(x).shape)

    def run():
        module(x).backward(upstream)
        x.grad = None

    return run


def main():
    options = arguments("threads", __doc__.partition("\n")[0])
    report = Report("on two threads against one", baseline="one")
    handed = {
        "ours": lambda: divided(2, lambda start, stop: None, WORTHWHILE),
        "one": lambda: divided(2, lambda start, stop: None, 0),
    }
    autograd.set_num_threads(2)
    report.add("nothing, in two pieces", interleaved(handed, options.seconds))
    for name, work, at_most in (
        ("conv 3x3 (32,64,32,32)->64", layer(nn.Conv2d(64, 64, 3, padding=1), 32, 64, 32, 32), 1 / 1.7),
        ("conv 3x3 (16,128,28,28)->128", layer(nn.Conv2d(128, 128, 3, padding=1), 16, 128, 28, 28), 1 / 1.7),
        ("conv 3x3 (8,64,112,112)->64", layer(nn.Conv2d(64, 64, 3, padding=1), 8, 64, 112, 112), 1 / 1.7),
        ("batch_norm (32,64,32,32)", layer(nn.BatchNorm2d(64), 32, 64, 32, 32), None),
        ("max_pool2d (32,64,32,32)", layer(nn.MaxPool2d(2), 32, 64, 32, 32), None),
        ("relu (32,64,64,64)", layer(nn.ReLU(), 32, 64, 64, 64), None),
    ):
        times = interleaved({"ours": on(2, work), "one": on(1, work)}, options.seconds)
        report.add(name, times, at_most, "ms")
    report.save(options.json)


if __name__ == "__main__":
    main()
