"""What kernels stand behind, called with shapes, dtypes, strides, indices and lengths that make no sense.

Run as a script, by a test of `test_kernels`: it prints each call before it makes it, and what came of it. Errors are
right, a process that dies is not.
"""

# ruff: noqa: B023 (each call is made before the next one is asked for)

import itertools

import numpy as np

import autograd
import nn
import nn.functional as F
import optim

HUGE = 2**62


def image(*shape, dtype=autograd.float32):
    return autograd.randn(shape, dtype=autograd.float32).to(dtype).requires_grad_(dtype.is_floating_point)


def labels(*values, dtype=autograd.int64):
    return autograd.tensor(values, dtype=dtype)


def forms(*shape):
    """Tensors of a shape whose elements lie in every order, and of dtypes that meet others."""
    plain = image(*shape)
    yield plain
    yield image(*shape[::-1]).permute(tuple(range(len(shape))[::-1]))
    yield image(*(2 * n for n in shape))[tuple(slice(None, None, 2) for _ in shape)]
    yield image(*shape).flip(tuple(range(len(shape))))
    yield image(*(1 for _ in shape)).expand(shape)
    frozen = np.ones(shape, np.float32)
    frozen.flags.writeable = False
    yield autograd.from_numpy(frozen)
    for dtype in (autograd.float64, autograd.float16, autograd.int64, autograd.bool):
        yield image(*shape, dtype=dtype)


def shapes(*shape):
    """A shape, and ones with a dimension more, less, empty, or of another size."""
    yield shape
    yield shape[1:]
    yield (1, *shape)
    for axis in range(len(shape)):
        for size in (0, 1, shape[axis] + 1):
            yield (*shape[:axis], size, *shape[axis + 1 :])


def convolutions():
    names = ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
    for dims, name in zip((1, 2, 3) * 2, names):
        run = getattr(F, name)
        sizes = (5, 6, 4)[:dims]
        for channels, filters in ((4, 4), (16, 16)):
            x, weight, bias = (filters, channels, *sizes), (filters, channels, *(3,) * dims), (filters,)
            weights = {shape: image(*shape) for shape in shapes(*weight)}
            for shape in shapes(*x):
                for kernel in (weight, weight[1:], (filters + 1, *weight[1:]), (*weight[:2], *(0,) * dims)):
                    yield name, shape, kernel, lambda s=shape, k=kernel: run(image(*s), image(*k), image(*bias))
            for shape, w in weights.items():
                yield name, x, shape, lambda w=w: run(image(*x), w, image(filters + 1))
            for a, b in itertools.product(forms(*x), forms(*weight)):
                yield name, "forms", a.dtype, b.dtype, lambda a=a, b=b: run(a, b)
            for option, value in itertools.product(
                ("stride", "padding", "dilation", "groups", "output_padding"), (0, -1, 1, 3, 2**31, HUGE, -HUGE)
            ):
                if value == HUGE and option == "padding":
                    continue  # a result of that size is asked for
                if value > 3 and "transpose" in name and option != "groups":
                    continue
                yield name, option, value, lambda o=option, v=value: run(image(*x), image(*weight), **{o: v})


def poolings():
    for dims in (1, 2, 3):
        x = (2, 3, *(7, 6, 5)[:dims])
        for kind in ("max_pool", "avg_pool", "lp_pool", "adaptive_max_pool", "adaptive_avg_pool"):
            run = getattr(F, f"{kind}{dims}d")
            first = (2.0,) if kind == "lp_pool" else ()
            for shape in shapes(*x):
                yield kind, shape, lambda s=shape: run(image(*s), *first, 2)
            for a in forms(*x):
                yield kind, "forms", a.dtype, lambda a=a: run(a, *first, 3)
            for size in (0, -1, 8, HUGE, -HUGE):
                if size == HUGE and "adaptive" in kind:
                    continue
                yield kind, "size", size, lambda s=size: run(image(*x), *first, s)
            for option, value in itertools.product(
                ("stride", "padding", "dilation", "ceil_mode"), (0, -1, 1, 2, 3, 2**31, HUGE, -HUGE)
            ):
                if "adaptive" not in kind:
                    for size in (1, 2, 7):
                        yield (
                            kind, option, value, size,
                            lambda s=size, o=option, v=value: run(image(*x), *first, s, **{o: v}),
                        )  # fmt: skip
        unpool = getattr(F, f"max_unpool{dims}d")
        small = (2, 3, *(3,) * dims)
        for value in (-HUGE, -2, -1, 0, 3**dims, 6**dims, 2**31, HUGE):
            places = autograd.full(small, value, dtype=autograd.int64)
            yield "unpool", value, lambda p=places: unpool(image(*small), p, 2)
        for shape in shapes(*small):
            yield "unpool", shape, lambda s=shape: unpool(image(*small), autograd.zeros(s, dtype=autograd.int64), 2)
            yield "unpool", shape, lambda s=shape: unpool(image(*s), autograd.zeros(small, dtype=autograd.int64), 2)
        for a in forms(*small):
            places = autograd.zeros(small, dtype=autograd.int64)
            yield "unpool", "forms", a.dtype, lambda a=a, p=places: unpool(a, p, 2)
    for mode, size in itertools.product(("nearest", "bilinear", "bicubic", "area"), (0, -1, 1, 7)):
        for shape in shapes(2, 3, 4, 5):
            yield "interpolate", mode, size, shape, lambda m=mode, s=size, t=shape: F.interpolate(image(*t), s, mode=m)
    for factor in (0.0, -1.0, 1e-9, 0.3, float("nan"), float("inf")):
        yield "interpolate", factor, lambda f=factor: F.interpolate(image(2, 3, 4, 5), scale_factor=f, mode="bilinear")


def normalizations():
    x = (4, 6, 5)
    for shape in shapes(*x):
        for size in (0, 1, 5, 6, 7):
            wide = (size,)
            yield (
                "batch",
                shape,
                size,
                lambda s=shape, w=wide: F.batch_norm(
                    image(*s), autograd.zeros(w), autograd.ones(w), image(*w), image(*w), training=True
                ),
            )
            yield (
                "batch",
                shape,
                size,
                lambda s=shape, w=wide: F.batch_norm(image(*s), autograd.zeros(w), autograd.ones(w), image(*w), None),
            )
            yield "layer", shape, size, lambda s=shape, w=wide: F.layer_norm(image(*s), w, image(*w), image(5))
            yield "rms", shape, size, lambda s=shape, w=wide: F.rms_norm(image(*s), w, image(5))
        for groups in (-1, 0, 1, 2, 4, 7, HUGE):
            yield "group", shape, groups, lambda s=shape, g=groups: F.group_norm(image(*s), g, image(6), image(6))
        yield "instance", shape, lambda s=shape: F.instance_norm(image(*s), weight=image(6))
    for a in forms(*x):
        for b in forms(6):
            yield (
                "batch",
                "forms",
                a.dtype,
                b.dtype,
                lambda a=a, b=b: F.batch_norm(a, b.detach(), b.detach().abs(), b, b, training=True),
            )
            yield "group", "forms", a.dtype, b.dtype, lambda a=a, b=b: F.group_norm(a, 3, b, b)
        for b in forms(5):
            yield "layer", "forms", a.dtype, b.dtype, lambda a=a, b=b: F.layer_norm(a, (5,), b, b)


def losses():
    for values in ((0, 1, 2), (0, 3, 1), (-1, 0, 1), (-100, -100, 0), (HUGE, 0, 0), (-HUGE, 0, 0), (0, 1)):
        for shape in ((3, 3), (3, 0), (0, 3), (3,), (1, 3, 3), (3, 3, 1)):
            for smoothing, weight in itertools.product((0.0, 0.1, -1.0), (None, image(3), image(2), image(0))):
                yield (
                    "cross_entropy",
                    values,
                    shape,
                    smoothing,
                    lambda v=values, s=shape, p=smoothing, w=weight: F.cross_entropy(
                        image(*s), labels(*v), w, label_smoothing=p
                    ),
                )
            yield "nll", values, shape, lambda v=values, s=shape: F.nll_loss(image(*s), labels(*v))
    for dtype in (autograd.uint8, autograd.int8, autograd.int32, autograd.bool, autograd.float32, autograd.float64):
        for a in forms(3, 3):
            yield "cross_entropy", dtype, a.dtype, lambda d=dtype, a=a: F.cross_entropy(a, labels(0, 1, 1, dtype=d))

    def changed(value):
        target, x = np.array([0, 1, 2]), image(3, 3)
        loss = F.cross_entropy(x, autograd.from_numpy(target))
        target[:] = value
        return loss

    for value in (-HUGE, -1, 3, HUGE):
        yield "cross_entropy, changed before backward", value, lambda v=value: changed(v)
    for inputs, wanted in itertools.product(((5, 5), (-1, 5), (6, 5), (0, 0), (HUGE, 1), (5,)), repeat=2):
        yield (
            "ctc",
            inputs,
            wanted,
            lambda i=inputs, w=wanted: F.ctc_loss(image(5, 2, 4).log_softmax(-1), autograd.randint(1, 4, (2, 5)), i, w),
        )


def embeddings():
    for index in ((0, 1), (-1, 0), (3, 0), (HUGE, 0), (-HUGE, 0), ()):
        for table in ((3, 2), (0, 2), (3, 0), (3,), (3, 2, 1)):
            yield "embedding", index, table, lambda i=index, t=table: F.embedding(labels(*i), image(*t))
            for offsets in ((0,), (0, 1), (0, -1), (0, 2, 1), (0, HUGE), (1,), ()):
                for mode in ("sum", "mean", "max"):
                    yield (
                        "bag",
                        index,
                        table,
                        offsets,
                        mode,
                        lambda i=index, t=table, o=offsets, m=mode: F.embedding_bag(
                            labels(*i), image(*t), labels(*o), mode=m
                        ),
                    )


def recurrences():
    for layer, gates in ((nn.RNN, 1), (nn.LSTM, 4), (nn.GRU, 3)):
        for shape in shapes(3, 2, 4):
            yield layer.__name__, shape, lambda made=layer, s=shape: made(4, 5)(image(*s))
        for a in forms(3, 2, 4):
            yield layer.__name__, "forms", a.dtype, lambda made=layer, a=a: made(4, 5)(a)
        for shape in shapes(1, 2, 5):
            states = lambda made, s: (image(*s), image(*s)) if made is nn.LSTM else image(*s)
            yield (
                layer.__name__,
                "state",
                shape,
                lambda made=layer, s=shape: made(4, 5)(image(3, 2, 4), states(made, s)),
            )
        for name, other in itertools.product(
            ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), ((), (5,), (gates * 5, 9), (gates * 5 + 1, 5), (0, 0))
        ):

            def with_weight(layer=layer, name=name, other=other):
                made = layer(4, 5)
                getattr(made, name).data = image(*other).detach()
                return made(image(3, 2, 4))

            yield layer.__name__, name, other, with_weight
        for sizes in ((2, 2, 1), (1, 2, 2), (3, 1), (5, 0), (-1, 6), (HUGE, 5), (6,), ()):
            packed = lambda s: nn.utils.rnn.PackedSequence(image(5, 4), labels(*s))
            yield layer.__name__, "packed", sizes, lambda made=layer, s=sizes: made(4, 5)(packed(s))
        for lengths in ((3, 2), (3, 0), (4, 3), (-1, 3), (HUGE, 1), (3,)):
            yield (
                layer.__name__,
                "lengths",
                lengths,
                lambda made=layer, n=lengths: made(4, 5)(
                    nn.utils.rnn.pack_padded_sequence(image(3, 2, 4), n, enforce_sorted=False)
                ),
            )


def activations():
    functions = (
        F.relu,
        F.gelu,
        F.silu,
        F.mish,
        F.elu,
        F.softplus,
        F.hardswish,
        F.hardsigmoid,
        F.leaky_relu,
        F.hardtanh,
    )
    for function in functions:
        for shape in ((), (0,), (3, 4), (1, 0, 2)):
            for a in forms(*shape):
                yield function.__name__, shape, a.dtype, lambda f=function, a=a: f(a)
        for x in (image(4), image(4, 4).t()):
            for shape in ((), (3,), (5,), (4, 5), (0,)):
                yield function.__name__, "gradient", shape, lambda f=function, x=x, s=shape: f(x).backward(image(*s))
            for dtype in (autograd.float64, autograd.float16):
                g = autograd.ones(x.shape, dtype=dtype)
                yield function.__name__, "gradient", dtype, lambda f=function, x=x, g=g: f(x).backward(g)


def updates():
    for make, names in (
        (lambda p: optim.Adam(p, lr=0.1), ("exp_avg", "exp_avg_sq")),
        (lambda p: optim.SGD(p, lr=0.1, momentum=0.9), ("momentum_buffer",)),
    ):
        for name in names:
            for other in (*shapes(3, 4), "float64", "strided", "none"):

                def step(make=make, name=name, other=other):
                    parameter = nn.Parameter(autograd.ones(3, 4))
                    optimizer = make([parameter])
                    parameter.grad = autograd.ones(3, 4)
                    optimizer.step()
                    state = optimizer.state[parameter]
                    state[name] = (
                        autograd.ones(other) if isinstance(other, tuple)
                        else autograd.ones(3, 4, dtype=autograd.float64) if other == "float64"
                        else autograd.ones(4, 3).t() if other == "strided" else None
                    )  # fmt: skip
                    optimizer.step()
                    return parameter.sum()

                yield "step", name, other, step

            def resized(make=make):
                parameter = nn.Parameter(autograd.ones(3))
                optimizer = make([parameter])
                for size in (3, 4000, 0, 5):
                    parameter.data = autograd.ones(size)
                    parameter.grad = autograd.ones(size)
                    optimizer.step()
                return parameter.sum()

            yield "step", name, "of a parameter that changes its size", resized


def try_all():
    """Make every call, and a backward pass of what it gives."""
    families = (activations, losses, embeddings, normalizations, poolings, recurrences, updates, convolutions)
    for family in families:
        for *what, call in family():
            print(family.__name__, *what, flush=True)
            try:
                made = call()
                made = made[0] if isinstance(made, tuple) else made
                made = made.data if isinstance(made, nn.utils.rnn.PackedSequence) else made
                if made is not None and made.requires_grad:
                    made.sum().backward()
            except Exception as error:
                print("   ", type(error).__name__, str(error)[:200], flush=True)
            else:
                print("    passed", flush=True)
    print("all survived")


if __name__ == "__main__":
    try_all()
