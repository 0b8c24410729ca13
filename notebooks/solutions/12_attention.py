# %% 12.1
# The exponentials are 1, 2 and 5; divided by their sum they are shares.
three_weights = [1 / 8, 2 / 8, 5 / 8]

# %% 12.1 wrong: divide by their sum
three_weights = [1, 2, 5]

# %% 12.1 wrong: takes the exponentials first
three_weights = np.log([1, 2, 5]) / np.log([1, 2, 5]).sum()


# %% 12.2
# All up to itself, without those that are three or more back.
def window_of_three(n):
    ones = autograd.ones(n, n).bool()
    return ones.tril() & ones.triu(-2)


# %% 12.2 wrong: transposed
def window_of_three(n):
    ones = autograd.ones(n, n).bool()
    return ones.triu() & ones.tril(2)


# %% 12.2 wrong: all letters before it
def window_of_three(n):
    return autograd.ones(n, n).tril().bool()


# %% 12.2 wrong: look at itself
def window_of_three(n):
    ones = autograd.ones(n, n).bool()
    return ones.tril(-1) & ones.triu(-2)


# %% 12.2 wrong: the other way around
def window_of_three(n):
    ones = autograd.ones(n, n).bool()
    return ~(ones.tril() & ones.triu(-2))


# %% 12.3
# How well each key fits, as shares, and the values mixed in these shares.
def answer_to(q, K, V):
    scores = K @ q / np.sqrt(len(q))
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ V


# %% 12.3 wrong: divided by √E
def answer_to(q, K, V):
    weights = np.exp(K @ q)
    return weights / weights.sum() @ V


# %% 12.3 wrong: softmax is missing
def answer_to(q, K, V):
    return K @ q / np.sqrt(len(q)) @ V


# %% 12.3 wrong: still to be mixed
def answer_to(q, K, V):
    weights = np.exp(K @ q / np.sqrt(len(q)))
    return weights / weights.sum()


# %% 12.4
# Σ_i da_i·a_i·(δ_ij - a_j) = a_j·(da_j - Σ_i da_i·a_i): what all weights want alike cancels, since their sum is fixed.
def back_through_softmax(a, da):
    return a * (da - (a * da).sum())


# %% 12.4 wrong: depends on the other scores
def back_through_softmax(a, da):
    return a * da


# %% 12.4 wrong: the diagonal only
def back_through_softmax(a, da):
    return a * (1 - a) * da


# %% 12.4 wrong: with the weights
def back_through_softmax(a, da):
    return a * (da - da.mean())


# %% 12.5
# Attention: four matrices (queries, keys, values, and what mixes the heads) and their biases. The MLP: E·4E and 4E·E,
# with 4E and E biases. Two norms of 2E. The heads cut the vectors into pieces; that needs no numbers.
def parameters_of_block(E):
    return (4 * E**2 + 4 * E) + (8 * E**2 + 5 * E) + 4 * E


# %% 12.5 wrong: biases and layer norms
def parameters_of_block(E):
    return 12 * E**2


# %% 12.5 wrong: attention alone
def parameters_of_block(E):
    return 4 * E**2 + 4 * E


# %% 12.5 wrong: a layer norm has two numbers
def parameters_of_block(E):
    return 12 * E**2 + 9 * E
