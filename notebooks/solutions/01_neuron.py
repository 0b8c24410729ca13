"""Answers to the exercises of 01_neuron.ipynb, and the mistakes that are made most, each with what the check says."""

# %% 1.1
# p is in the product and in the sum: its two parts, q and 1, add up. The product gives q the value of p.
dy_dp = -2 + 1
dy_dq = 3

# %% 1.1 wrong: only one of its uses is counted
dy_dp = -2
dy_dq = 3

# %% 1.1 wrong: swapped
dy_dp = 3
dy_dq = -1

# %% 1.1 wrong: ∂y/∂q: the sign
dy_dp = -1
dy_dq = -3

# %% 1.2
# A neuron has a weight for each of its inputs, and one bias: 8 neurons with 2 inputs, 8 with 8, and 1 with 8.
parameters_of_2_8_8_1 = 8 * (2 + 1) + 8 * (8 + 1) + 1 * (8 + 1)

# %% 1.2 wrong: every neuron has a bias
parameters_of_2_8_8_1 = 8 * 2 + 8 * 8 + 1 * 8

# %% 1.2 wrong: one hidden layer
parameters_of_2_8_8_1 = 33

# %% 1.2 wrong: too large
parameters_of_2_8_8_1 = 2 * 8 * 8 * 1


# %% 1.3
# The chain rule: the derivative of the bend at z, times what z gets from w, which is x.
def da_dw(w, x, b):
    a = 1 / (1 + math.exp(-(w * x + b)))
    return a * (1 - a) * x


# %% 1.3 wrong: the neuron itself
def da_dw(w, x, b):
    return 1 / (1 + math.exp(-(w * x + b)))


# %% 1.3 wrong: one more factor
def da_dw(w, x, b):
    a = 1 / (1 + math.exp(-(w * x + b)))
    return a * (1 - a)


# %% 1.3 wrong: this is ∂a/∂x
def da_dw(w, x, b):
    a = 1 / (1 + math.exp(-(w * x + b)))
    return a * (1 - a) * w


# %% 1.3 wrong: the sign
def da_dw(w, x, b):
    a = 1 / (1 + math.exp(-(w * x + b)))
    return a * (a - 1) * x


# %% 1.4
# From the last node back: the square, the bend, and then each weight gets the value of its input; the bias gets 1.
def gradients(w1, w2, b, x1, x2, y):
    a = math.tanh(w1 * x1 + w2 * x2 + b)
    dJ_da = 2 * (a - y)
    dJ_dz = dJ_da * (1 - a**2)
    return dJ_dz * x1, dJ_dz * x2, dJ_dz


# %% 1.4 wrong: 2 times too small
def gradients(w1, w2, b, x1, x2, y):
    a = math.tanh(w1 * x1 + w2 * x2 + b)
    dJ_dz = (a - y) * (1 - a**2)
    return dJ_dz * x1, dJ_dz * x2, dJ_dz


# %% 1.4 wrong: the sign
def gradients(w1, w2, b, x1, x2, y):
    a = math.tanh(w1 * x1 + w2 * x2 + b)
    dJ_dz = 2 * (y - a) * (1 - a**2)
    return dJ_dz * x1, dJ_dz * x2, dJ_dz


# %% 1.4 wrong: the way from a to z is left out
def gradients(w1, w2, b, x1, x2, y):
    dJ_da = 2 * (math.tanh(w1 * x1 + w2 * x2 + b) - y)
    return dJ_da * x1, dJ_da * x2, dJ_da


# %% 1.4 wrong: ∂J/∂b
def gradients(w1, w2, b, x1, x2, y):
    a = math.tanh(w1 * x1 + w2 * x2 + b)
    dJ_dz = 2 * (a - y) * (1 - a**2)
    return dJ_dz * x1, dJ_dz * x2, dJ_dz * b


# %% 1.5
# The derivative is made of the result, as that of tanh is: σ · (1 - σ).
def sigmoid(v):
    out = 1 / (1 + math.exp(-v.data))
    return Value(out, (v,), (out * (1 - out),))


# %% 1.5 wrong: the gradient
def sigmoid(v):
    out = 1 / (1 + math.exp(-v.data))
    return Value(out, (v,), (1 - out**2,))


# %% 1.5 wrong: zip() argument 2 is shorter
def sigmoid(v):
    out = 1 / (1 + math.exp(-v.data))
    return Value(out, (v,), ())


# %% 1.5 wrong: the gradient
def sigmoid(v):
    out = 1 / (1 + math.exp(-v.data))
    return Value(out)
