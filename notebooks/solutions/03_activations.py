"""Answers to the exercises of 03_activations.ipynb, and the mistakes that are made most."""

# %% 3.1
# σ(0) = 1/2, and 1/2 · (1 - 1/2) is a quarter; 1 - tanh(0)² = 1; on its left ReLU is flat, and LeakyReLU has slope α.
sigmoid_at_0 = 0.25
tanh_at_0 = 1.0
relu_at_minus_3 = 0.0
leaky_relu_at_minus_3 = 0.01

# %% 3.1 wrong: their slopes are asked for
sigmoid_at_0 = 0.5
tanh_at_0 = 0.0
relu_at_minus_3 = 0.0
leaky_relu_at_minus_3 = -0.03

# %% 3.1 wrong: 0.5 is its value at 0
sigmoid_at_0 = 0.5
tanh_at_0 = 1.0
relu_at_minus_3 = 0.0
leaky_relu_at_minus_3 = 0.01

# %% 3.1 wrong: LeakyReLU: the sign
sigmoid_at_0 = 0.25
tanh_at_0 = 1.0
relu_at_minus_3 = 0.0
leaky_relu_at_minus_3 = -0.01


# %% 3.2
# On the left only α · exp(x) depends on x, and it is its own derivative.
def elu_slope(x, alpha):
    return np.where(x > 0, 1.0, alpha * np.exp(x))


# %% 3.2 wrong: ELU itself
def elu_slope(x, alpha):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


# %% 3.2 wrong: on the left this is the value
def elu_slope(x, alpha):
    return np.where(x > 0, 1.0, alpha * (np.exp(x) - 1))


# %% 3.2 wrong: where is α?
def elu_slope(x, alpha):
    return np.where(x > 0, 1.0, np.exp(x))


# %% 3.2 wrong: ambiguous
def elu_slope(x, alpha):
    return 1.0 if x > 0 else alpha * np.exp(x)


# %% 3.3
# Multiply out: x W1ᵀ W2ᵀ + b1 W2ᵀ + b2, and W1ᵀ W2ᵀ is (W2 W1)ᵀ.
def as_one_layer(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1 + b2


# %% 3.3 wrong: bias of the second layer is missing
def as_one_layer(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1


# %% 3.3 wrong: W, example 1: transposed
def as_one_layer(W1, b1, W2, b2):
    return W1.T @ W2.T, W2 @ b1 + b2


# %% 3.3 wrong: ValueError
def as_one_layer(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


# %% 3.4
# Σ_i dp_i (p_i [i = j] - p_i p_j) = p_j (dp_j - Σ_i p_i dp_i): from each dp the mean of its row goes, weighted by p.
def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum(axis=1, keepdims=True))


# %% 3.4 wrong: this is the diagonal only
def softmax_backward(p, dp):
    return p * (1 - p) * dp


# %% 3.4 wrong: the part of −p_i · p_j is missing
def softmax_backward(p, dp):
    return p * dp


# %% 3.4 wrong: over the classes of one example
def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum())


# %% 3.4 wrong: ValueError
def softmax_backward(p, dp):
    return p * (dp - (p * dp).sum(axis=1))


# %% 3.5
# Dead is who is 0 for all examples: along axis 0, which is that of the examples.
def dead_neurons(h):
    return (h == 0).all(axis=0).sum()


# %% 3.5 wrong: these are zeros
def dead_neurons(h):
    return (h == 0).sum()


# %% 3.5 wrong: 0 for some example
def dead_neurons(h):
    return (h == 0).any(axis=0).sum()


# %% 3.5 wrong: these are alive
def dead_neurons(h):
    return (h > 0).any(axis=0).sum()
