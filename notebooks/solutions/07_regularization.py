# %% 7.1
# It was kept with probability 0.2, so it is divided by 0.2: on average there is 0.2 · 5 = 1.
kept_one = 5.0

# %% 7.1 wrong: 1 / p
kept_one = 1.25

# %% 7.1 wrong: that is classic dropout
kept_one = 1.0


# %% 7.2
# y is x times a constant, m / (1 - p), and so is the gradient.
def dropout_backward(dy, m, p):
    return dy * m / (1 - p)


# %% 7.2 wrong: what is kept was divided
def dropout_backward(dy, m, p):
    return dy * m


# %% 7.2 wrong: what was dropped has no influence
def dropout_backward(dy, m, p):
    return dy / (1 - p)


# %% 7.3
# 0.1 · 1 = 0.1, then 0.9 · 0.1 + 0.1 · 2 = 0.29, then 0.9 · 0.29 + 0.1 · 3.
running_mean_after = 0.561

# %% 7.3 wrong: that is the plain mean
running_mean_after = 2.0

# %% 7.3 wrong: momentum is the other way around
running_mean_after = 0.1 * (0.1 * (0.9 * 1) + 0.9 * 2) + 0.9 * 3


# %% 7.4
# γ (W x + b - μ) / σ + β: what multiplies x is the new weight, the rest the new bias.
def fold(W, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale[:, None], (b - mean) * scale + beta


# %% 7.4 wrong: divides by the standard deviation
def fold(W, b, gamma, beta, mean, var, eps):
    scale = gamma / (var + eps)
    return W * scale[:, None], (b - mean) * scale + beta


# %% 7.4 wrong: the mean is missing
def fold(W, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale[:, None], b * scale + beta


# %% 7.4 wrong: each *row* of W
def fold(W, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta


# %% 7.5
# The derivative of λ/2 · W² is λ · W, and gradients of sums are sums.
def decayed_gradient(dW, W, decay):
    return dW + decay * W


# %% 7.5 wrong: the sign
def decayed_gradient(dW, W, decay):
    return dW - decay * W


# %% 7.5 wrong: the loss has λ/2
def decayed_gradient(dW, W, decay):
    return dW + 2 * decay * W
