# %% 5.1
# Each sigmoid multiplies by its slope, 0.25 at most: 0.25 ** 10 is 0.95 millionths, 0.25 ** 9 is 3.8.
sigmoids_needed = 10

# %% 5.1 wrong: the value of a sigmoid
sigmoids_needed = 20

# %% 5.1 wrong: one too few
sigmoids_needed = 9


# %% 5.2
# The variance of z is fan_in · σ² · (the mean square of what comes in), and ReLU halves that mean square.
def he_std(fan_in):
    return math.sqrt(2 / fan_in)


# %% 5.2 wrong: this is the variance
def he_std(fan_in):
    return 2 / fan_in


# %% 5.2 wrong: right for tanh
def he_std(fan_in):
    return math.sqrt(1 / fan_in)


# %% 5.3
# The gradient arrives on two ways, and what arrives is added: as it is, and through ReLU and matrix.
def residual_backward(dy, x, W):
    dz = dy * (x @ W.T > 0)
    return dy + dz @ W


# %% 5.3 wrong: the way around it is missing
def residual_backward(dy, x, W):
    dz = dy * (x @ W.T > 0)
    return dz @ W


# %% 5.3 wrong: W is transposed
def residual_backward(dy, x, W):
    dz = dy * (x @ W.T > 0)
    return dy + dz @ W.T


# %% 5.3 wrong: the slope of the ReLU is missing
def residual_backward(dy, x, W):
    return dy + dy @ W


# %% 5.4
# One norm over all parameters, so that the direction of the whole step stays; and never longer than before.
def clip(gradients, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    return [g * min(1, max_norm / norm) for g in gradients]


# %% 5.4 wrong: each was clipped alone
def clip(gradients, max_norm):
    return [g * min(1, max_norm / np.linalg.norm(g)) for g in gradients]


# %% 5.4 wrong: short enough stays as it is
def clip(gradients, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    return [g * max_norm / norm for g in gradients]
