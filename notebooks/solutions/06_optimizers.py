# %% 6.1
# v = 1 + 0.9 + 0.81 + ... = 1 / (1 - 0.9) = 10 gradients, and the step is 0.1 of that: ten times the first.
final_step = 0.1 / (1 - 0.9)

# %% 6.1 wrong: that is the first step
final_step = 0.1

# %% 6.1 wrong: that is the velocity
final_step = 10.0


# %% 6.2
# x ← x - α·c·x = (1 - α·c)·x, and |1 - α·c| < 1 as long as α < 2 / c.
def largest_rate(c):
    return 2 / c


# %% 6.2 wrong: one step lands exactly on 0
def largest_rate(c):
    return 1 / c


# %% 6.2 wrong: the steeper, the smaller
def largest_rate(c):
    return 2 * c


# %% 6.3
# First the average of the squares, then the velocity of the divided gradients, then the step.
def rmsprop_momentum(w, g, E, v, lr, gamma, beta, eps):
    E = gamma * E + (1 - gamma) * g**2
    v = beta * v + g / (np.sqrt(E) + eps)
    return w - lr * v, E, v


# %% 6.3 wrong: E is an average
def rmsprop_momentum(w, g, E, v, lr, gamma, beta, eps):
    E = gamma * E + g**2
    v = beta * v + g / (np.sqrt(E) + eps)
    return w - lr * v, E, v


# %% 6.3 wrong: E averages the *squares*
def rmsprop_momentum(w, g, E, v, lr, gamma, beta, eps):
    E = gamma * E + (1 - gamma) * np.abs(g)
    v = beta * v + g / (np.sqrt(E) + eps)
    return w - lr * v, E, v


# %% 6.3 wrong: this climbs
def rmsprop_momentum(w, g, E, v, lr, gamma, beta, eps):
    E = gamma * E + (1 - gamma) * g**2
    v = beta * v + g / (np.sqrt(E) + eps)
    return w + lr * v, E, v


# %% 6.4
# The new v is what plain momentum would step by; Nesterov adds the gradient to β times it.
def nesterov(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * (g + beta * v), v


# %% 6.4 wrong: that is plain momentum
def nesterov(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * v, v


# %% 6.4 wrong: the new v is to be kept
def nesterov(w, g, v, lr, beta):
    return w - lr * (g + beta * (beta * v + g)), v
