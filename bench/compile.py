"""A training step as it runs, compiled, and in PyTorch and JAX.

python bench/compile.py [--seconds S] [--json FILE]

JAX is compared where it is installed (pip install jax), ``torch.compile`` where it finds a compiler for C++.
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import itertools
import shutil

from overhead import training_step

import autograd
import nn
import optim

try:
    import jax
except ImportError:
    jax = None


def chain(lib, shape):
    """100 elementwise ops and their gradient."""
    x, w = lib.ones(shape, requires_grad=True), lib.ones(shape, requires_grad=True)

    def run():
        y = x
        for _ in range(25):
            y = ((y * w).tanh() + w) * 0.5
        y.sum().backward()
        x.grad = w.grad = None

    return run


def trained(lib, modules, optimizers, make, x, y, loss_of):
    """One step of Adam on the model that ``make`` makes."""
    lib.manual_seed(0)
    model = make(modules)
    optimizer = optimizers.Adam(model.parameters())

    def run():
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return run


def lenet(modules):
    return modules.Sequential(
        modules.Conv2d(1, 6, 5, padding=2), modules.Tanh(), modules.AvgPool2d(2), modules.Conv2d(6, 16, 5),
        modules.Tanh(), modules.AvgPool2d(2), modules.Flatten(), modules.Linear(400, 120), modules.Tanh(),
        modules.Linear(120, 84), modules.Tanh(), modules.Linear(84, 10),
    )  # fmt: skip


def images(lib, modules, optimizers):
    x, y = lib.randn(64, 1, 28, 28), lib.randint(0, 10, (64,))
    return trained(lib, modules, optimizers, lenet, x, y, modules.CrossEntropyLoss())


def loop(lib, modules, optimizers):
    """An LSTM cell over 32 steps, in Python."""
    lib.manual_seed(0)
    cell, head = modules.LSTMCell(16, 32), modules.Linear(32, 1)
    optimizer = optimizers.Adam([*cell.parameters(), *head.parameters()])
    x, y = lib.randn(32, 8, 16), lib.randn(8, 1)

    def run():
        optimizer.zero_grad()
        h, c = lib.zeros(8, 32), lib.zeros(8, 32)
        for t in range(32):
            h, c = cell(x[t], (h, c))
        modules.functional.mse_loss(head(h), y).backward()
        optimizer.step()

    return run


def block(lib, modules, optimizers):
    """A block of a GPT: d 96, T 64, batch 8."""
    make = lambda modules: modules.TransformerEncoderLayer(96, 4, 384, 0.0, "gelu", batch_first=True, norm_first=True)
    x = lib.randn(8, 64, 96)
    return trained(lib, modules, optimizers, make, x, x, modules.MSELoss())


def jax_mlp(sizes, batch):
    """The step of `training_step` written for JAX; Adam is optax's formula."""
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.PRNGKey(0), 2 * len(sizes))
    params = []
    for key, (n, m) in zip(keys, itertools.pairwise(sizes)):
        params.append((jax.random.uniform(key, (n, m), minval=-1, maxval=1) * n**-0.5, jnp.zeros(m)))
    x = jax.random.normal(keys[-1], (batch, sizes[0]))
    y = jax.random.randint(keys[-2], (batch,), 0, sizes[-1])

    def loss_of(params, x, y):
        for i, (w, b) in enumerate(params):
            x = x @ w + b
            x = jax.nn.relu(x) if i + 1 < len(params) else x
        return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()

    @jax.jit
    def step(state, x, y):
        params, m, v, t = state
        loss, g = jax.value_and_grad(loss_of)(params, x, y)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        update = lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return (jax.tree.map(update, params, m, v), m, v, t), loss

    zeros = jax.tree.map(jnp.zeros_like, params)
    state = [(params, zeros, zeros, 0.0)]

    def run():
        state[0], loss = step(state[0], x, y)
        loss.block_until_ready()

    return run


def main():
    options = arguments("compile", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Compiled steps: one thread, medians of interleaved runs, {options.seconds:g} s a row", "eager")

    def row(name, make, at_most, others=None):
        def of(lib, modules, optimizers):
            return make(lib, modules, optimizers)

        contenders = {"ours": autograd.compile(of(autograd, nn, optim)), "eager": of(autograd, nn, optim)}
        if torch:
            contenders["torch"] = of(torch, torch.nn, torch.optim)
            if shutil.which("g++"):
                contenders["torch.compile"] = torch.compile(of(torch, torch.nn, torch.optim))
        contenders |= others or {}
        report.add(name, interleaved(contenders, options.seconds), at_most)

    for sizes, batch, at_most in (((64, 64, 10), 32, 0.40), ((784, 128, 10), 64, 0.75)):
        row(
            f"MLP {'-'.join(map(str, sizes))}, batch {batch}",
            lambda *libraries, sizes=sizes, batch=batch: training_step(*libraries, sizes, batch),
            at_most,
            {"jax.jit": jax_mlp(sizes, batch)} if jax else None,
        )
    row("100 ops on 32x32", lambda lib, *_: chain(lib, (32, 32)), 0.15)
    row("LeNet-5, batch 64", images, 0.9)
    row("a loop over an LSTM cell, T=32", loop, 0.35)
    row("GPT block, d 96, T 64, batch 8", block, 0.9)
    report.save(options.json)


if __name__ == "__main__":
    main()
