"""Answers to the exercises of 02_backprop_step_by_step.ipynb, and the mistakes that are made most."""

# %% 2.1
# A gradient has the shape of what it belongs to, whatever it is multiplied from.
shape_of_dz = (32, 4)
shape_of_dW = (4, 10)
shape_of_db = (4,)
shape_of_da = (32, 10)

# %% 2.1 wrong: the shape of what it belongs to
shape_of_dz = (32, 4)
shape_of_dW = (10, 4)
shape_of_db = (4,)
shape_of_da = (32, 10)

# %% 2.1 wrong: summed over
shape_of_dz = (32, 4)
shape_of_dW = (4, 10)
shape_of_db = (32, 4)
shape_of_da = (32, 10)

# %% 2.1 wrong: da
shape_of_dz = (32, 4)
shape_of_dW = (4, 10)
shape_of_db = (4,)
shape_of_da = (10, 32)

# %% 2.2
# Each pass adds 2u = 6 to what is there.
u_grad = 18

# %% 2.2 wrong: nobody cleared it
u_grad = 6

# %% 2.2 wrong: added, not multiplied
u_grad = 6**3


# %% 2.3
# Shapes leave no choice: (N, out) times (out, in) for da, (out, N) times (N, in) for dW, and the bias was given to each
# of the N rows, so that it gets the sum over them.
def linear_backward(dz, a, W):
    return dz @ W, dz.T @ a, dz.sum(axis=0)


# %% 2.3 wrong: dW, example 1: transposed
def linear_backward(dz, a, W):
    return dz @ W, a.T @ dz, dz.sum(axis=0)


# %% 2.3 wrong: db, example 1: not summed over axis 0
def linear_backward(dz, a, W):
    return dz @ W, dz.T @ a, dz


# %% 2.3 wrong: a sum, not a mean, over 5 examples?
def linear_backward(dz, a, W):
    return dz @ W, dz.T @ a / len(dz), dz.mean(axis=0)


# %% 2.3 wrong: ValueError
def linear_backward(dz, a, W):
    return dz @ W.T, dz.T @ a, dz.sum(axis=0)


# %% 2.4
# log Σ exp(z) has the softmax for its derivative, and -z_y gives a -1 at the label. J is a mean over the examples.
def cross_entropy_backward(z, y):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


# %% 2.4 wrong: J is a mean
def cross_entropy_backward(z, y):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p


# %% 2.4 wrong: subtract 1 where the label is
def cross_entropy_backward(z, y):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True) / len(y)


# %% 2.4 wrong: the sign
def cross_entropy_backward(z, y):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return (np.eye(z.shape[1])[y] - p) / len(y)


# %% 2.4 wrong: are wrong, the first at
def cross_entropy_backward(z, y):
    e = np.exp(z)
    p = e / e.sum(axis=0)  # over the examples, not the classes
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


# %% 2.5
# With dn for what arrives at the normalized x: by itself dn / scale; through the mean, fed by every row with 1/N, the
# mean of dn is taken away; through the variance, what goes along with the normalized x. All of it is divided by scale.
def batch_norm_backward(dy, x, gamma, eps):
    mean, variance = x.mean(axis=0), x.var(axis=0)
    scale = np.sqrt(variance + eps)
    normalized = (x - mean) / scale
    dn = dy * gamma
    dx = (dn - dn.mean(axis=0) - normalized * (dn * normalized).mean(axis=0)) / scale
    return dx, (dy * normalized).sum(axis=0), dy.sum(axis=0)


# %% 2.5 wrong: taken for constants
def batch_norm_backward(dy, x, gamma, eps):
    scale = np.sqrt(x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) / scale
    return dy * gamma / scale, (dy * normalized).sum(axis=0), dy.sum(axis=0)


# %% 2.5 wrong: the way through the variance is missing
def batch_norm_backward(dy, x, gamma, eps):
    scale = np.sqrt(x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) / scale
    dn = dy * gamma
    return (dn - dn.mean(axis=0)) / scale, (dy * normalized).sum(axis=0), dy.sum(axis=0)


# %% 2.5 wrong: dgamma
def batch_norm_backward(dy, x, gamma, eps):
    scale = np.sqrt(x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) / scale
    dn = dy * gamma
    dx = (dn - dn.mean(axis=0) - normalized * (dn * normalized).mean(axis=0)) / scale
    return dx, dy * normalized, dy.sum(axis=0)


# %% 2.5 wrong: dbeta
def batch_norm_backward(dy, x, gamma, eps):
    scale = np.sqrt(x.var(axis=0) + eps)
    normalized = (x - x.mean(axis=0)) / scale
    dn = dy * gamma
    dx = (dn - dn.mean(axis=0) - normalized * (dn * normalized).mean(axis=0)) / scale
    return dx, (dy * normalized).sum(axis=0), dy.mean(axis=0)
