# %% 4.1
# A neuron has a weight for each number that it reads, and a bias.
parameters = (28 * 28 + 1) * 128 + (128 + 1) * 10

# %% 4.1 wrong: a bias, too
parameters = 28 * 28 * 128 + 128 * 10

# %% 4.1 wrong: reads all pixels
parameters = (28 + 1) * 128 + (128 + 1) * 10

# %% 4.2
# Softmax of equal scores gives each class 0.1, and -log 0.1 = log 10.
first_loss = math.log(10)

# %% 4.2 wrong: the probability of the right class
first_loss = 0.1

# %% 4.2 wrong: to base 10
first_loss = math.log10(10)

# %% 4.2 wrong: the sign
first_loss = math.log(0.1)


# %% 4.3
# The probabilities, less 1 where the right class is; and each of the N examples counts 1/N in the mean.
def score_gradient(scores, labels):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    gradient = powers / powers.sum(1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


# %% 4.3 wrong: a mean over 4 examples?
def score_gradient(scores, labels):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    gradient = powers / powers.sum(1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient


# %% 4.3 wrong: the sign
def score_gradient(scores, labels):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    gradient = powers / powers.sum(1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return -gradient / len(labels)


# %% 4.3 wrong: 1 is to be taken away
def score_gradient(scores, labels):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True) / len(labels)


# %% 4.4
# log(1 + e^z) = max(z, 0) + log(1 + e^-|z|): what is left in the exponent is never positive.
def stable_loss(z, y):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z


# %% 4.4 wrong: right on paper
def stable_loss(z, y):
    return np.log(1 + np.exp(z)) - y * z


# %% 4.4 wrong: the part with the label
def stable_loss(z, y):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
