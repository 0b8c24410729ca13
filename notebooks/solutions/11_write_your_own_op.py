# %% 11.1
# √(2.25 + 4) = 2.5, so y = (1.5 + 2.5)/2 = 2. The slope is y²/(y² + 1).
value_there = 2.0
slope_there = 4 / 5

# %% 11.1 wrong: divide by 2
value_there = 1.5 + 2.5
slope_there = 4 / 5

# %% 11.1 wrong: a square was forgotten
value_there = 2.0
slope_there = 2 / 5


# %% 11.2
# The slope of √s is 1/(2√s), and that of x² + y² in x is 2x: together x/r. What arrived from above is multiplied in.
def rules_of_hypot(g, r, x, y):
    to_x = g * x / r
    to_y = g * y / r
    return to_x, to_y


# %% 11.2 wrong: multiply by g
def rules_of_hypot(g, r, x, y):
    return x / r, y / r


# %% 11.2 wrong: to x belongs x/r
def rules_of_hypot(g, r, x, y):
    return g * y / r, g * x / r


# %% 11.2 wrong: divide by r
def rules_of_hypot(g, r, x, y):
    return g * x, g * y


# %% 11.2 wrong: the sign
def rules_of_hypot(g, r, x, y):
    return g * x / r, -g * y / r


# %% 11.3
# s was used once in each of the four rows: four contributions, which add up.
def back_through_scale(g, x, s):
    to_x = g * s
    to_s = (g * x).sum(axis=0)
    return to_x, to_s


# %% 11.3 wrong: not summed over axis 0
def back_through_scale(g, x, s):
    return g * s, g * x


# %% 11.3 wrong: its factor is x
def back_through_scale(g, x, s):
    return g * s, g.sum(axis=0)


# %% 11.3 wrong: a mean over 4 examples
def back_through_scale(g, x, s):
    return g * s, (g * x).sum(axis=0) * 4


# %% 11.4
# cos x = 1 - 2 sin²(x/2). Nothing is subtracted any more, so nothing cancels.
def one_minus_cos(x):
    return 2 * np.sin(x / 2) ** 2


# %% 11.4 wrong: the digits cancel
def one_minus_cos(x):
    return 1 - np.cos(x)


# %% 11.4 wrong: nearly
def one_minus_cos(x):
    return np.sin(x / 2) ** 2


# %% 11.4 wrong: for small x only
def one_minus_cos(x):
    return x * x / 2


# %% 11.5
# type(x)(1) is 1 in the dtype of x, whatever that is.
def softsign_of_one(x):
    return x / (type(x)(1) + abs(x))


# %% 11.5 wrong: makes it float64
def softsign_of_one(x):
    return x / (1 + abs(x))


# %% 11.5 wrong: where x is negative
def softsign_of_one(x):
    return x / (np.float32(1) + x)
