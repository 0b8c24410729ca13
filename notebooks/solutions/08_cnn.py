# Solutions of the exercises of 08_cnn.ipynb. Each runs in the notebook's own namespace.

# %% 8.1
# (32 + 2·1 - 5) / 2 + 1 is 15.5: the filter takes 15 steps, and the last column is never seen.
# Each of the 16 filters has 5·5 weights for each of 3 channels, and a bias.
side = (32 + 2 * 1 - 5) // 2 + 1
parameters = 16 * (3 * 5 * 5 + 1)

# %% 8.1 wrong: half a pixel
side = 15.5

# %% 8.1 wrong: not enough for a filter of 5
side = 16

# %% 8.1 wrong: each of the 3 channels
side = 15
parameters = 16 * (5 * 5 + 1)

# %% 8.1 wrong: bias
parameters = 16 * 3 * 5 * 5


# %% 8.2
# The border comes first. With a stride of 1 `convolve` makes a number at each place; a stride keeps every so many of
# them. (A real one would not compute the others.)
def strided(image, kernel, stride, padding):
    return convolve(np.pad(image, padding), kernel)[::stride, ::stride]


# %% 8.2 wrong: turned around
def strided(image, kernel, stride, padding):
    return convolve(np.pad(image, padding), kernel[::-1, ::-1])[::stride, ::stride]


# %% 8.2 wrong: the padding is missing
def strided(image, kernel, stride, padding):
    return convolve(image, kernel)[::stride, ::stride]


# %% 8.2 wrong: the shape is
def strided(image, kernel, stride, padding):
    return convolve(np.pad(image, padding), kernel)[::stride]


# %% 8.3
# A weight met all pixels that it slid over, and each product went to the place in g of that step: that is a
# convolution of the image by g. A pixel went to all places that are at most a filter's size before it, so that g gets
# a border, and the filter is turned around. The bias went everywhere.
def convolve_backward(image, kernel, g):
    h, w = kernel.shape
    d_image = convolve(np.pad(g, ((h - 1, h - 1), (w - 1, w - 1))), kernel[::-1, ::-1])
    d_kernel = convolve(image, g)
    d_bias = g.sum()
    return d_image, d_kernel, d_bias


# %% 8.3 wrong: on the way back
def convolve_backward(image, kernel, g):
    h, w = kernel.shape
    d_image = convolve(np.pad(g, ((h - 1, h - 1), (w - 1, w - 1))), kernel)
    return d_image, convolve(image, g), g.sum()


# %% 8.3 wrong: d_bias, example 1: it is
def convolve_backward(image, kernel, g):
    h, w = kernel.shape
    d_image = convolve(np.pad(g, ((h - 1, h - 1), (w - 1, w - 1))), kernel[::-1, ::-1])
    return d_image, convolve(image, g), 2 * g.sum()


# %% 8.3 wrong: d_kernel, example 1: the sign
def convolve_backward(image, kernel, g):
    h, w = kernel.shape
    d_image = convolve(np.pad(g, ((h - 1, h - 1), (w - 1, w - 1))), kernel[::-1, ::-1])
    return d_image, -convolve(image, g), g.sum()


# %% 8.4
# The first pixel is there already, so that a filter adds one less than its size, in steps as long as the strides
# before it.
def receptive_field(layers):
    r, jump = 1, 1
    for kernel, stride in layers:
        r += (kernel - 1) * jump
        jump *= stride
    return r


# %% 8.4 wrong: as long as all strides before it
def receptive_field(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


# %% 8.4 wrong: only to those after it
def receptive_field(layers):
    r, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        r += (kernel - 1) * jump
    return r


# %% 8.4 wrong: the middle is counted once
def receptive_field(layers):
    return sum(kernel for kernel, _ in layers)


# %% 8.5
# The maxima, each repeated over its window, say where the winners are.
def max_pool_backward(maps, g):
    h, w = g.shape
    maxima = maps.reshape(h, 2, w, 2).max(axis=(1, 3))
    repeat = lambda values: np.kron(values, np.ones((2, 2)))
    return (maps == repeat(maxima)) * repeat(g)


# %% 8.5 wrong: average pooling
def max_pool_backward(maps, g):
    return np.kron(g, np.ones((2, 2))) / 4


# %% 8.5 wrong: only the largest
def max_pool_backward(maps, g):
    return np.kron(g, np.ones((2, 2)))
