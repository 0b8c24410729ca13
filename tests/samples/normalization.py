"""Rows of activations and vectors brought to a mean, a variance or a length."""

import math

import numpy as np

from .arrays import INF, NAN, floats, gapped, real
from .rows import edge, fails, not_in_torch, row, smooth


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps):
    column = lambda v: np.reshape(v, (1, -1) + (1,) * (x.ndim - 2))
    over = tuple(i for i in range(x.ndim) if i != 1)
    mean, var = (x.mean(axis=over), x.var(axis=over)) if training else (running_mean, running_var)
    out = (x - column(mean)) / np.sqrt(column(var) + eps)
    out = out * column(1 if weight is None else weight) + column(0 if bias is None else bias)
    if training and running_mean is not None and x.size:
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (x.var(axis=over, ddof=1) - running_var)
    return out.astype(x.dtype)


def channels(seed: int, count: int = 2) -> np.ndarray:
    return real(count, low=0.3, seed=seed)


AFFINE = (channels(1), channels(2))
RUNNING = (channels(3), channels(4))
row(
    "batch_norm", batch_norm,
    smooth(real(3, 2), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(3, 2), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    smooth(real(3, 2), None, None, *RUNNING, True, 0.3, 1e-5),
    smooth(real(3, 2), None, None, *RUNNING, False, 0.3, 1e-2),
    smooth(real(3, 2), *AFFINE, None, None, True, 0.1, 1e-5),
    smooth(real(3, 2), channels(1), None, None, None, True, 0.1, 1e-5),
    smooth(real(2, 2, 2), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(np.transpose(real(2, 2, 2, 2)), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(2, 2, 3, 3), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(2, 2, 9), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    smooth(gapped(real(2, 2, 1, 2)), gapped(channels(1)), channels(2), *RUNNING, False, 0.1, 1e-5),
    smooth(real(0, 2), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    edge(floats([1, NAN], [2, 3], [3, INF]), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    fails(ValueError, "Expected more than 1 value per channel", real(1, 2), None, None, None, None, True, 0.1, 1e-5),
    fails(RuntimeError, "weight should contain 2", real(3, 2), channels(1, 3), None, None, None, True, 0.1, 1e-5),
    fails(RuntimeError, "running_mean should", real(3, 2), None, None, channels(1, 3), channels(1, 3), True, 0.1, 1e-5),
    not_in_torch(  # IndexError there
        fails(RuntimeError, "at least 2 dimensions", real(3), None, None, None, None, True, 0.1, 1e-5)
    ),
    torch=lambda torch, x, weight, bias, mean, var, *rest: torch.nn.functional.batch_norm(
        x, mean, var, weight, bias, *rest
    ),
    wrt=(0, 1, 2),
)  # fmt: skip


def standardized(x, over, eps):
    return (x - x.mean(axis=over, keepdims=True)) / np.sqrt(x.var(axis=over, keepdims=True) + eps)


def affine(x, weight, bias, shape):
    scale = 1 if weight is None else np.reshape(weight, shape)
    return (x * scale + (0 if bias is None else np.reshape(bias, shape))).astype(x.dtype)


def layer_norm(x, weight, bias, dims, eps):
    out = standardized(x, tuple(range(-dims, 0)), eps)
    return affine(out, weight, bias, x.shape[x.ndim - dims :])


def group_norm(x, weight, bias, groups, eps):
    out = standardized(x.reshape(len(x), groups, math.prod(x.shape[1:]) // groups), 2, eps).reshape(x.shape)
    return affine(out, weight, bias, (-1,) + (1,) * (x.ndim - 2))


def rms_norm(x, weight, dims, eps):
    out = x / np.sqrt(np.square(x).mean(axis=tuple(range(-dims, 0)), keepdims=True) + eps)
    return (out * (1 if weight is None else weight)).astype(x.dtype)


row(
    "layer_norm", layer_norm,
    smooth(real(3, 4), channels(1, 4), channels(2, 4), 1, 1e-5),
    smooth(real(3, 4), None, None, 1, 1e-2),
    smooth(real(2, 3, 2), real(3, 2, seed=1), real(3, 2, seed=2), 2, 1e-5),
    smooth(real(4, 3).T, channels(1, 4), None, 1, 1e-5),
    # A bias without a weight has no second derivative there.
    not_in_torch(smooth(gapped(real(2, 3)), None, gapped(channels(2, 3)), 1, 1e-5)),
    smooth(real(0, 3), channels(1, 3), channels(2, 3), 1, 1e-5),
    edge(floats([1, NAN, 2], [1, 2, 4]), None, None, 1, 1e-5),
    torch=lambda torch, x, weight, bias, dims, eps: torch.nn.functional.layer_norm(
        x, x.shape[x.ndim - dims :], weight, bias, eps
    ),
)  # fmt: skip
row(
    "rms_norm", rms_norm,
    smooth(real(3, 4), channels(1, 4), 1, 1e-5),
    smooth(real(2, 3, 2), real(3, 2, seed=1), 2, 1e-5),
    smooth(real(4, 3).T, None, 1, 1e-2),
    smooth(real(0, 3), channels(1, 3), 1, 1e-5),
    torch=lambda torch, x, weight, dims, eps: torch.nn.functional.rms_norm(x, x.shape[x.ndim - dims :], weight, eps),
)  # fmt: skip
row(
    "group_norm", group_norm,
    smooth(real(2, 4, 2), channels(1, 4), channels(2, 4), 2, 1e-5),
    smooth(real(2, 4), None, None, 1, 1e-5),
    smooth(real(2, 2, 3, 3), channels(1), channels(2), 2, 1e-5),
    smooth(real(1, 4, 9), channels(1, 4), None, 2, 1e-5),
    smooth(real(4, 2, 2, 2).T, channels(1, 2), channels(2, 2), 1, 1e-5),
    smooth(real(0, 2, 3), channels(1), channels(2), 1, 1e-5),
    fails(RuntimeError, "weight should contain 4", real(2, 4, 2), channels(1), None, 2, 1e-5),
    torch=lambda torch, x, weight, bias, groups, eps: torch.nn.functional.group_norm(x, groups, weight, bias, eps),
)  # fmt: skip
row(
    "nn.functional.layer_norm",
    lambda x, normalized_shape, weight=None, bias=None, eps=1e-5: layer_norm(
        x, weight, bias, np.size(normalized_shape), eps
    ),
    smooth(real(3, 4), (4,), channels(1, 4), channels(2, 4)),
    smooth(real(2, 3, 2), (3, 2)),
    fails(RuntimeError, "expected input with shape [*, 3]", real(3, 4), (3,)),
    fails(RuntimeError, "Expected weight to be of same shape", real(3, 4), (4,), real(3)),
    fails(RuntimeError, "at least 1-dimensional", real(3), ()),
)  # fmt: skip
row(
    "nn.functional.rms_norm",
    lambda x, normalized_shape, weight=None, eps=None: rms_norm(
        x, weight, np.size(normalized_shape), np.finfo(x.dtype).eps if eps is None else eps
    ),
    smooth(real(3, 4), (4,), channels(1, 4)),
    smooth(real(3, 4), (4,), eps=1e-3),
    fails(RuntimeError, "expected input with shape [*, 3]", real(3, 4), (3,)),
)  # fmt: skip
row(
    "nn.functional.group_norm",
    lambda x, num_groups, weight=None, bias=None, eps=1e-5: group_norm(x, weight, bias, num_groups, eps),
    smooth(real(2, 4, 2), 2, channels(1, 4), channels(2, 4)),
    smooth(real(2, 4), 1),
    fails(RuntimeError, "divisible by num_groups", real(2, 4), 3),
    not_in_torch(fails(RuntimeError, "greater than 0", real(2, 4), 0)),  # ZeroDivisionError there
    fails(RuntimeError, "at least 2 dimensions", real(4), 2),
    fails(ValueError, "Expected more than 1 value per channel", real(1, 2), 2),
)  # fmt: skip
row(
    "nn.functional.instance_norm",
    lambda x, mean=None, var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-5: group_norm(
        x, weight, bias, x.shape[1], eps
    ) if use_input_stats else batch_norm(x, weight, bias, mean, var, False, momentum, eps),
    smooth(real(2, 2, 3), weight=channels(1), bias=channels(2)),
    smooth(real(2, 2, 3, 2)),
    smooth(real(2, 2, 3), channels(3), channels(4), use_input_stats=False),
    fails(ValueError, "more than 1 spatial element", real(2, 2, 1)),
    fails(RuntimeError, "running_mean and running_var", real(2, 2, 3), use_input_stats=False),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.local_response_norm",
    lambda x, size, alpha=1e-4, beta=0.75, k=1.0: x / (k + alpha / size * sum(
        np.pad(x * x, ((0, 0), (size // 2, (size - 1) // 2), (0, 0)))[:, i : i + x.shape[1]] for i in range(size)
    )) ** beta,
    smooth(real(2, 4, 2), 2),
    smooth(real(1, 3, 2), 3, alpha=1.0, beta=0.5, k=2.0),
    fails(ValueError, "Expected 3D or higher", real(2, 3), 2),
)  # fmt: skip
row(
    "nn.functional.normalize",
    lambda x, p=2.0, dim=1, eps=1e-12: x / np.maximum((np.abs(x) ** p).sum(axis=dim, keepdims=True) ** (1 / p), eps),
    smooth(real(2, 3)),
    smooth(real(2, 3), 1.0, 0),
    smooth(real(3, 2).T, dim=-1, eps=10.0),
)  # fmt: skip
