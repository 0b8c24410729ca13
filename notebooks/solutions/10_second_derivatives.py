# %% 10.1
# The power comes down as a factor, once for each derivative: 4·x³ and 4·3·x².
first = 4 * 2**3
second = 12 * 2**2


# %% 10.1 wrong: not its slope
first = 2**4
second = 48


# %% 10.1 wrong: this is the first derivative
first = 32
second = 32


# %% 10.2
# The gradient is (2xy + 3y, x² + 3x). Each row below is one of these two, differentiated in x and in y.
def hessian_on_paper(x, y):
    return [[2 * y, 2 * x + 3], [2 * x + 3, 0.0]]


# %% 10.2 wrong: mixed derivative
def hessian_on_paper(x, y):
    return [[2 * y, 2 * x], [2 * x, 0.0]]


# %% 10.2 wrong: gradient
def hessian_on_paper(x, y):
    return [[2 * x * y + 3 * y, 0.0], [0.0, x**2 + 3 * x]]


# %% 10.2 wrong: the shape
def hessian_on_paper(x, y):
    return [2 * y, 2 * x + 3, 0.0]


# %% 10.3
# H·v is the gradient of the number ∇f·v, since v doesn't depend on p. Its product with v is the curvature along v.
def curvature_along(f, p, v):
    p = p.detach().requires_grad_()
    (gradient,) = autograd.grad(f(p), p, create_graph=True)
    (product,) = autograd.grad(gradient @ v, p)
    return product @ v


# %% 10.3 wrong: not how it changes
def curvature_along(f, p, v):
    p = p.detach().requires_grad_()
    (gradient,) = autograd.grad(f(p), p)
    return gradient @ v


# %% 10.3 wrong: a vector
def curvature_along(f, p, v):
    p = p.detach().requires_grad_()
    (gradient,) = autograd.grad(f(p), p, create_graph=True)
    return autograd.grad(gradient @ v, p)[0]


# %% 10.3 wrong: does not require grad
def curvature_along(f, p, v):
    p = p.detach().requires_grad_()
    (gradient,) = autograd.grad(f(p), p)  # create_graph is missing
    return autograd.grad(gradient @ v, p)[0] @ v


# %% 10.4
# The curvature tells how soon the slope will be 0: after slope/curvature. The way down, the sign of the slope tells.
def newton_step(x, slope, curvature):
    return x - slope / abs(curvature)


# %% 10.4 wrong: goes up
def newton_step(x, slope, curvature):
    return x - slope / curvature


# %% 10.4 wrong: the sign
def newton_step(x, slope, curvature):
    return x + slope / abs(curvature)


# %% 10.4 wrong: divide by the curvature
def newton_step(x, slope, curvature):
    return x - slope * abs(curvature)


# %% 10.5
# Everything on one side; what is left should be 0 at every time.
def violation_of_fall(model, t):
    v = model(t)
    return derivative(v, t) - (9.81 - 0.1 * v**2)


# %% 10.5 wrong: a sign
def violation_of_fall(model, t):
    v = model(t)
    return derivative(v, t) + 9.81 - 0.1 * v**2


# %% 10.5 wrong: the square of the speed
def violation_of_fall(model, t):
    v = model(t)
    return derivative(v, t) - 9.81 + 0.1 * v


# %% 10.5 wrong: the derivative of the speed
def violation_of_fall(model, t):
    v = model(t)
    return v - 9.81 + 0.1 * v**2
