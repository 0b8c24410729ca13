"""What a second thread gains: layers and steps of training on one thread and on two, and what handing work over costs.

Two rows say what can be gained here at all: of arithmetic alone, and where memory is all that is waited for. In the
steps PyTorch, on two threads as well, stands beside ours.

python bench/threads.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import functools

import numpy as np
from attention import encoder
from conv import lenet, resnet8, training_step

import autograd
import nn
import optim
from autograd.kernels.compiling.threads import WORTHWHILE, divided


def on(threads, work, lib=autograd):
    """``work`` on so many threads."""

    def run():
        lib.set_num_threads(threads)
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


def bound(work, pieces):
    """``work`` of each of the pieces, which have nothing in common."""
    return lambda: divided(len(pieces), lambda start, stop: [work(*some) for some in pieces[start:stop]], 1e9)


def multiplied(x, y, out):
    for _ in range(20):
        np.matmul(x, y, out=out)


def steps(lib, modules, optimizers):
    """Steps of training by their names."""
    return {
        "LeNet-5, batch 64, a step": training_step(lib, modules, optimizers, lenet, (64, 1, 28, 28)),
        "ResNet-8, batch 32, a step": training_step(lib, modules, optimizers, resnet8, (32, 3, 32, 32)),
        "step of an encoder": encoder(lib, modules, optimizers, 0.0),
    }


def main():
    options = arguments("threads", __doc__.partition("\n")[0])
    torch = torch_or_none()
    report = Report("on two threads against one", baseline="one")
    handed = {
        "ours": lambda: divided(2, lambda start, stop: None, WORTHWHILE),
        "one": lambda: divided(2, lambda start, stop: None, 0),
    }
    autograd.set_num_threads(2)
    report.add("nothing, in two pieces", interleaved(handed, options.seconds))
    array = functools.partial(np.ones, dtype=np.float32)
    for name, work, at_most in (
        ("products in a cache", bound(multiplied, [[array((256, 256)) for _ in range(3)] for _ in range(2)]), None),
        ("copies of 17 MB", bound(np.copyto, [[array(1 << 22) for _ in range(2)] for _ in range(2)]), None),
        ("conv 3x3 (32,64,32,32)->64", layer(nn.Conv2d(64, 64, 3, padding=1), 32, 64, 32, 32), 1 / 1.7),
        ("conv 3x3 (16,128,28,28)->128", layer(nn.Conv2d(128, 128, 3, padding=1), 16, 128, 28, 28), 1 / 1.7),
        ("conv 3x3 (8,64,112,112)->64", layer(nn.Conv2d(64, 64, 3, padding=1), 8, 64, 112, 112), 1 / 1.7),
        ("batch_norm (32,64,32,32)", layer(nn.BatchNorm2d(64), 32, 64, 32, 32), None),
        ("max_pool2d (32,64,32,32)", layer(nn.MaxPool2d(2), 32, 64, 32, 32), None),
        ("relu (32,64,64,64)", layer(nn.ReLU(), 32, 64, 64, 64), None),
    ):
        times = interleaved({"ours": on(2, work), "one": on(1, work)}, options.seconds)
        report.add(name, times, at_most, "ms")
    theirs = steps(torch, torch.nn, torch.optim) if torch else {}
    for name, work in steps(autograd, nn, optim).items():
        contenders = {"ours": on(2, work), "one": on(1, work)}
        if torch:
            contenders["torch on two"] = on(2, theirs[name], torch)
        report.add(name, interleaved(contenders, options.seconds), None, "ms")
    report.save(options.json)


if __name__ == "__main__":
    main()
