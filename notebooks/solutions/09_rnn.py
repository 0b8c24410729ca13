# Solutions of the exercises of 09_rnn.ipynb. Each runs in the notebook's own namespace.

# %% 9.1
# Each gate, and the candidate, has a matrix for the input, one for the state, and two biases.
of_lstm = 4 * (20 * 10 + 20 * 20 + 20 + 20)
of_gru = 3 * (20 * 10 + 20 * 20 + 20 + 20)

# %% 9.1 wrong: two biases
of_lstm = 4 * (20 * 10 + 20 * 20 + 20)

# %% 9.1 wrong: three gates and a candidate
of_lstm = 20 * 10 + 20 * 20 + 20 + 20

# %% 9.1 wrong: the candidate has weights, too
of_lstm = 4 * (20 * 10 + 20 * 20 + 20 + 20)
of_gru = 2 * (20 * 10 + 20 * 20 + 20 + 20)

# %% 9.2
# f multiplied by itself 100 times is a half; the bias is where the sigmoid has that value.
f = 0.5 ** (1 / 100)
bias = np.log(f / (1 - f))

# %% 9.2 wrong: multiplied each time
f = 1 - 0.5 / 100
bias = np.log(f / (1 - f))

# %% 9.2 wrong: a sigmoid of it
f = 0.5 ** (1 / 100)
bias = np.log(f)

# %% 9.2 wrong: bias: the sign
f = 0.5 ** (1 / 100)
bias = -np.log(f / (1 - f))


# %% 9.3
# A state has two users: the loss, from which g comes, and the next step, from which dh comes. They add up; then it goes
# through tanh to z, and from there to all that z was made of.
def elman_backward(x, states, W_x, W_h, g):
    dW_x, dW_h = np.zeros_like(W_x), np.zeros_like(W_h)
    db = np.zeros(len(W_h))
    dh = np.zeros(len(W_h))
    for t in reversed(range(len(x))):
        dh = dh + g[t]
        dz = dh * (1 - states[t + 1] ** 2)
        dW_x += np.outer(dz, x[t])
        dW_h += np.outer(dz, states[t])
        db += dz
        dh = W_h.T @ dz
    return dW_x, dW_h, db


# %% 9.3 wrong: nothing goes on to the step before
def elman_backward(x, states, W_x, W_h, g):
    dz = g * (1 - states[1:] ** 2)
    return dz.T @ x, dz.T @ states[:-1], dz.sum(0)


# %% 9.3 wrong: the derivative of tanh is missing
def elman_backward(x, states, W_x, W_h, g):
    dW_x, dW_h = np.zeros_like(W_x), np.zeros_like(W_h)
    db = np.zeros(len(W_h))
    dh = np.zeros(len(W_h))
    for t in reversed(range(len(x))):
        dz = g[t] + dh
        dW_x += np.outer(dz, x[t])
        dW_h += np.outer(dz, states[t])
        db += dz
        dh = W_h.T @ dz
    return dW_x, dW_h, db


# %% 9.3 wrong: dW_x, example 1
def elman_backward(x, states, W_x, W_h, g):
    dW_x, dW_h = np.zeros_like(W_x), np.zeros_like(W_h)
    db = np.zeros(len(W_h))
    dh = np.zeros(len(W_h))
    for t in reversed(range(len(x))):
        dh = dh + g[t]
        dz = dh * (1 - states[t + 1] ** 2)
        dW_x += np.outer(dz, x[t])
        dW_h += np.outer(dz, states[t])
        db += dz
        dh = W_h @ dz  # not transposed
    return dW_x, dW_h, db


# %% 9.3 wrong: transposed
def elman_backward(x, states, W_x, W_h, g):
    dW_x, dW_h, db = engine_backward(x, states, W_x, W_h, g)
    return dW_x.T, dW_h, db


# %% 9.4
# c has two users, h and the next step. Each factor of a product gets the other times what comes in; then the
# derivative of its nonlinearity, written with its result.
def lstm_backward(i, f, g, o, c_before, c, dh, dc):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    di = dc * g * i * (1 - i)
    df = dc * c_before * f * (1 - f)
    dg = dc * i * (1 - g**2)
    do = dh * np.tanh(c) * o * (1 - o)
    dc_before = dc * f
    return di, df, dg, do, dc_before


# %% 9.4 wrong: c is in h, too
def lstm_backward(i, f, g, o, c_before, c, dh, dc):
    di = dc * g * i * (1 - i)
    df = dc * c_before * f * (1 - f)
    dg = dc * i * (1 - g**2)
    do = dh * np.tanh(c) * o * (1 - o)
    return di, df, dg, do, dc * f


# %% 9.4 wrong: go on through the nonlinearity
def lstm_backward(i, f, g, o, c_before, c, dh, dc):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    return dc * g, dc * c_before, dc * i, dh * np.tanh(c), dc * f


# %% 9.4 wrong: df, example 1
def lstm_backward(i, f, g, o, c_before, c, dh, dc):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    df = dc * c * f * (1 - f)
    return dc * g * i * (1 - i), df, dc * i * (1 - g**2), dh * np.tanh(c) * o * (1 - o), dc * f
