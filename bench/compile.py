"""A training step as it runs, compiled, and in PyTorch and JAX.

python bench/compile.py [--seconds S] [--json FILE]

JAX is compared where it is installed (the extra bench has it), ``torch.compile`` where it finds a compiler for C++.
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import itertools
import os
import shutil

from overhead import training_step

import autograd
import nn
import optim

# XLA has threads of its own; it is to have one.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

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


def jax_step(params, loss_of, *given):
    """A step of Adam on ``loss_of(params, *given)`` written for JAX; Adam is optax's formula."""
    import jax.numpy as jnp

    @jax.jit
    def step(state, *given):
        params, m, v, t = state
        loss, g = jax.value_and_grad(loss_of)(params, *given)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        update = lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return (jax.tree.map(update, params, m, v), m, v, t), loss

    zeros = jax.tree.map(jnp.zeros_like, params)
    state = [(params, zeros, zeros, 0.0)]

    def run():
        state[0], loss = step(state[0], *given)
        loss.block_until_ready()

    return run


class Keys:
    """New keys for random numbers, and arrays of these."""

    def __init__(self):
        self.key = jax.random.PRNGKey(0)

    def __call__(self):
        self.key, key = jax.random.split(self.key)
        return key

    def uniform(self, *shape, inputs):
        return jax.random.uniform(self(), shape, minval=-1, maxval=1) * inputs**-0.5

    def linear(self, inputs, outputs):
        return self.uniform(inputs, outputs, inputs=inputs), self.uniform(outputs, inputs=inputs)

    def normal(self, *shape):
        return jax.random.normal(self(), shape)

    def classes(self, count, batch):
        return jax.random.randint(self(), (batch,), 0, count)


def jax_cross_entropy(x, y):
    import jax.numpy as jnp

    return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()


def jax_mlp(sizes, batch):
    keys = Keys()
    params = [keys.linear(n, m) for n, m in itertools.pairwise(sizes)]

    def loss_of(params, x, y):
        for i, (w, b) in enumerate(params):
            x = x @ w + b
            x = jax.nn.relu(x) if i + 1 < len(params) else x
        return jax_cross_entropy(x, y)

    return jax_step(params, loss_of, keys.normal(batch, sizes[0]), keys.classes(sizes[-1], batch))


def jax_chain(shape):
    import jax.numpy as jnp

    def chained(x, w):
        y = x
        for _ in range(25):
            y = (jnp.tanh(y * w) + w) * 0.5
        return y.sum()

    gradient, x, w = jax.jit(jax.grad(chained, (0, 1))), jnp.ones(shape), jnp.ones(shape)
    return lambda: jax.block_until_ready(gradient(x, w))


def jax_lenet():
    from jax import lax

    keys = Keys()
    convolution = lambda inputs, outputs: (
        keys.uniform(outputs, inputs, 5, 5, inputs=inputs * 25),
        keys.uniform(outputs, inputs=inputs * 25),
    )
    params = [
        convolution(1, 6),
        convolution(6, 16),
        *[keys.linear(*pair) for pair in ((400, 120), (120, 84), (84, 10))],
    ]

    def loss_of(params, x, y):
        for (w, b), padding in zip(params[:2], ("SAME", "VALID")):
            x = jax.numpy.tanh(lax.conv(x, w, (1, 1), padding) + b[:, None, None])
            x = lax.reduce_window(x, 0.0, lax.add, (1, 1, 2, 2), (1, 1, 2, 2), "VALID") / 4
        x = x.reshape(len(x), -1)
        for i, (w, b) in enumerate(params[2:]):
            x = x @ w + b
            x = jax.numpy.tanh(x) if i < 2 else x
        return jax_cross_entropy(x, y)

    return jax_step(params, loss_of, keys.normal(64, 1, 28, 28), keys.classes(10, 64))


def jax_loop():
    import jax.numpy as jnp

    keys = Keys()
    params = [keys.linear(16, 128), keys.linear(32, 128), keys.linear(32, 1)]

    def loss_of(params, x, y):
        (w_ih, b_ih), (w_hh, b_hh), (w, b) = params
        h, c = jnp.zeros((8, 32)), jnp.zeros((8, 32))
        for t in range(32):
            i, f, g, o = jnp.split(x[t] @ w_ih + b_ih + h @ w_hh + b_hh, 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return ((h @ w + b - y) ** 2).mean()

    return jax_step(params, loss_of, keys.normal(32, 8, 16), keys.normal(8, 1))


def jax_block():
    import jax.numpy as jnp

    keys = Keys()
    norm = lambda: (jnp.ones(96), jnp.zeros(96))
    params = [norm(), keys.linear(96, 288), keys.linear(96, 96), norm(), keys.linear(96, 384), keys.linear(384, 96)]

    def normalized(x, scale, shift):
        x = x - x.mean(-1, keepdims=True)
        return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * scale + shift

    def loss_of(params, x):
        first, (w, b), (w_out, b_out), second, (w_1, b_1), (w_2, b_2) = params
        q, k, v = jnp.split(normalized(x, *first) @ w + b, 3, -1)
        q, k, v = (part.reshape(8, 64, 4, 24).transpose(0, 2, 1, 3) for part in (q, k, v))
        p = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) * 24**-0.5)
        z = x + (p @ v).transpose(0, 2, 1, 3).reshape(8, 64, 96) @ w_out + b_out
        z = z + jax.nn.gelu(normalized(z, *second) @ w_1 + b_1, approximate=False) @ w_2 + b_2
        return ((z - x) ** 2).mean()

    return jax_step(params, loss_of, keys.normal(8, 64, 96))


def main():
    options = arguments("compile", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Compiled steps: one thread, medians of interleaved runs, {options.seconds:g} s a row", "eager")

    def row(name, make, at_most, in_jax):
        """at_most: of our eager time, of PyTorch's, and of that of ``jax.jit``."""
        contenders = {"ours": autograd.compile(make(autograd, nn, optim)), "eager": make(autograd, nn, optim)}
        for _ in range(20):
            # The first calls are recorded, and looked into.
            contenders["ours"]()
        if torch:
            contenders["torch"] = make(torch, torch.nn, torch.optim)
            if shutil.which("g++"):
                contenders["torch.compile"] = torch.compile(make(torch, torch.nn, torch.optim))
        if jax:
            contenders["jax.jit"] = in_jax()
        times = interleaved(contenders, options.seconds)
        report.add(name, times, at_most[0])
        for other, limit in zip(("torch", "jax.jit"), at_most[1:]):
            if other in times:
                ratio = times["ours"] / times[other]
                print(f"{'':8}{ratio:.2f} of {other}, at most {limit:.2f}{'' if ratio <= limit else '  missed'}")

    for sizes, batch, at_most in (((64, 64, 10), 32, (0.40, 0.14, 0.5)), ((784, 128, 10), 64, (0.75, 0.45, 0.6))):
        row(
            f"MLP {'-'.join(map(str, sizes))}, batch {batch}",
            lambda *libraries, sizes=sizes, batch=batch: training_step(*libraries, sizes, batch),
            at_most,
            lambda sizes=sizes, batch=batch: jax_mlp(sizes, batch),
        )
    row("100 ops on 32x32", lambda lib, *_: chain(lib, (32, 32)), (0.15, 0.10, 1.0), lambda: jax_chain((32, 32)))
    row("LeNet-5, batch 64", images, (0.9, 0.55, 0.6), jax_lenet)
    row("a loop over an LSTM cell, T=32", loop, (0.35, 0.35, 1.0), jax_loop)
    row("GPT block, d 96, T 64, batch 8", block, (0.9, 0.8, 1.0), jax_block)
    report.save(options.json)


if __name__ == "__main__":
    main()
