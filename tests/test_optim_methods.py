"""Each optimizer by its formulas, written for one number: of Tensors in both precisions, and of Scalars."""

import math

import numpy as np
import pytest

import autograd
import optim


def sgd(p, lr=0.1, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False):
    v = None
    while True:
        g = (yield p) + weight_decay * p
        if momentum:
            v = g if v is None else momentum * v + (1 - dampening) * g
            g = g + momentum * v if nesterov else v
        p -= lr * g


def adam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, decoupled=False):
    m = v = top = 0.0
    t = 0
    while True:
        g, t = (yield p), t + 1
        if decoupled:
            p *= 1 - lr * weight_decay
        else:
            g += weight_decay * p
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        top = max(top, v) if amsgrad else v
        p -= lr * (m / (1 - betas[0] ** t)) / (math.sqrt(top / (1 - betas[1] ** t)) + eps)


def adagrad(p, lr=0.1, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10):
    total, t = initial_accumulator_value, 0
    while True:
        g, t = (yield p) + weight_decay * p, t + 1
        total += g * g
        p -= lr / (1 + (t - 1) * lr_decay) * g / (math.sqrt(total) + eps)


def adadelta(p, lr=0.1, rho=0.9, eps=1e-6, weight_decay=0.0):
    squares = deltas = 0.0
    while True:
        g = (yield p) + weight_decay * p
        squares = rho * squares + (1 - rho) * g * g
        delta = math.sqrt(deltas + eps) / math.sqrt(squares + eps) * g
        deltas = rho * deltas + (1 - rho) * delta * delta
        p -= lr * delta


def adamax(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    m = top = 0.0
    t = 0
    while True:
        g, t = (yield p) + weight_decay * p, t + 1
        m, top = betas[0] * m + (1 - betas[0]) * g, max(betas[1] * top, abs(g) + eps)
        p -= lr / (1 - betas[0] ** t) * m / top


def nadam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3, decoupled=False):
    m, v, t, product = 0.0, 0.0, 0, 1.0
    momentum = lambda t: betas[0] * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    while True:
        g, t = (yield p), t + 1
        if decoupled:
            p *= 1 - lr * weight_decay
        else:
            g += weight_decay * p
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        product *= momentum(t)
        ahead = momentum(t + 1) * m / (1 - product * momentum(t + 1)) + (1 - momentum(t)) * g / (1 - product)
        p -= lr * ahead / (math.sqrt(v / (1 - betas[1] ** t)) + eps)


def radam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    m = v = 0.0
    t, longest = 0, 2 / (1 - betas[1]) - 1
    while True:
        g, t = (yield p), t + 1
        if decoupled:
            p *= 1 - lr * weight_decay
        else:
            g += weight_decay * p
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        length = longest - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
        step = lr * m / (1 - betas[0] ** t)
        if length > 5:
            r = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            step *= math.sqrt(r) * math.sqrt(1 - betas[1] ** t) / (math.sqrt(v) + eps)
        p -= step


def rmsprop(p, lr=0.1, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    squares = mean = velocity = 0.0
    while True:
        g = (yield p) + weight_decay * p
        squares, mean = alpha * squares + (1 - alpha) * g * g, alpha * mean + (1 - alpha) * g
        step = g / (math.sqrt(squares - (mean * mean if centered else 0)) + eps)
        velocity = momentum * velocity + step
        p -= lr * velocity


def rprop(p, lr=0.1, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
    size, before = lr, 0.0
    while True:
        g = yield p
        if g * before < 0:
            size, g = max(size * etas[0], step_sizes[0]), 0.0
        elif g * before > 0:
            size = min(size * etas[1], step_sizes[1])
        p -= size * ((g > 0) - (g < 0))
        before = g


def asgd(p, lr=0.1, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0):
    t, rate = 0, lr
    while True:
        g, t = (yield p) + weight_decay * p, t + 1
        p = (1 - lambd * rate) * p - rate * g
        rate = lr / (1 + lambd * lr * t) ** alpha


adamw = lambda p, weight_decay=0.01, **settings: adam(p, weight_decay=weight_decay, decoupled=True, **settings)
DECOUPLED = "decoupled_weight_decay"
# The class, its formulas, and the settings that are tried.
METHODS = [
    (optim.SGD, sgd, {}, {"weight_decay": 0.1}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True},
     {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    (optim.Adam, adam, {}, {"betas": (0.5, 0.9), "weight_decay": 0.1}, {"amsgrad": True, "betas": (0.5, 0.5)},
     {"eps": 0.5}, {DECOUPLED: True, "weight_decay": 0.5}),
    (optim.AdamW, adamw, {}, {"weight_decay": 0.5, "amsgrad": True}),
    (optim.Adagrad, adagrad, {}, {"lr_decay": 0.5, "initial_accumulator_value": 0.1}, {"eps": 0.1},
     {"weight_decay": 0.1}),
    (optim.Adadelta, adadelta, {}, {"rho": 0.5, "eps": 1e-2, "weight_decay": 0.1}),
    (optim.Adamax, adamax, {}, {"betas": (0.5, 0.5), "eps": 0.1, "weight_decay": 0.1}),
    (optim.NAdam, nadam, {}, {"momentum_decay": 0.1, "weight_decay": 0.1}, {DECOUPLED: True, "weight_decay": 0.1}),
    (optim.RAdam, radam, {}, {"betas": (0.5, 0.99), "weight_decay": 0.1}, {DECOUPLED: True, "weight_decay": 0.1}),
    (optim.RMSprop, rmsprop, {}, {"momentum": 0.5, "weight_decay": 0.1}, {"centered": True, "alpha": 0.5},
     {"centered": True, "momentum": 0.5, "eps": 0.1}),
    (optim.Rprop, rprop, {}, {"etas": (0.3, 1.5), "step_sizes": (0.01, 0.15)}),
    (optim.ASGD, asgd, {}, {"lambd": 0.5, "alpha": 0.5, "weight_decay": 0.1}),
]  # fmt: skip
ROWS = [(method, formula, settings) for method, formula, *many in METHODS for settings in many]
each_row = pytest.mark.parametrize(
    ("method", "formula", "settings"), ROWS, ids=lambda v: getattr(v, "__name__", str(v))
)
STARTS = [1.0, -3.0, 0.25]
STEPS = 20


def slope_of(p):
    """Of a loss with a minimum at 0.2, which steps of 0.1 and more jump over."""
    return 3 * (p - 0.2) + math.sin(p)


def expected(formula, settings, start, maximize=False):
    settings = {("decoupled" if name == DECOUPLED else name): value for name, value in settings.items()}
    path = formula(start, **settings)
    p = next(path)
    for _ in range(STEPS):
        p = path.send(-slope_of(p) if maximize else slope_of(p))
    return p


@each_row
@pytest.mark.parametrize("dtype", [autograd.float64, autograd.float32])
def test_a_tensor_goes_where_the_formulas_lead(method, formula, settings, dtype):
    w = autograd.tensor(STARTS, dtype=dtype, requires_grad=True)
    step = method([w], lr=0.1, **settings)
    for _ in range(STEPS):
        w.grad = autograd.tensor([slope_of(p) for p in w.tolist()], dtype=dtype)
        step.step()
    tolerance = 1e-6 if dtype is autograd.float64 else 1e-4
    np.testing.assert_allclose(w.tolist(), [expected(formula, settings, p) for p in STARTS], tolerance, tolerance)


@each_row
def test_scalars_go_there_too(method, formula, settings):
    ws = [autograd.Scalar(p) for p in STARTS]
    step = method(ws, lr=0.1, maximize=True, **settings)
    for _ in range(STEPS):
        step.zero_grad()
        for w in ws:
            ((w - 0.2) ** 2 * 1.5 - w.cos()).backward()
        step.step()
    wanted = [expected(formula, settings, p, maximize=True) for p in STARTS]
    np.testing.assert_allclose([w.data for w in ws], wanted, 1e-6)


def test_scalars_and_tensors_in_one_optimizer():
    w, scalar, alone = autograd.tensor([2.0], requires_grad=True), autograd.Scalar(2.0), autograd.Scalar(2.0)
    step = optim.Adam([w, scalar], lr=0.1)
    step.add_param_group({"params": alone, "lr": 0.2})
    for _ in range(3):
        step.zero_grad()
        assert (w.grad, scalar.grad) == (None, 0.0)
        (w * w).sum().backward()
        (scalar * scalar).backward()
        (alone * alone).backward()
        step.step()
    assert w.item() == pytest.approx(scalar.data, rel=1e-6)
    assert alone.data == pytest.approx(expected_of_squares(0.2))
    resumed = optim.Adam([w, scalar])
    resumed.add_param_group({"params": alone})
    resumed.load_state_dict(step.state_dict())
    assert resumed.state[scalar]["step"].item() == 3.0


def expected_of_squares(lr):
    path = adam(2.0, lr)
    p = next(path)
    for _ in range(3):
        p = path.send(2 * p)
    return p


def test_a_neuron_of_scalars_learns():
    w, b = autograd.Scalar(0.1, label="w"), autograd.Scalar(0.0, label="b")
    step = optim.SGD([w, b], lr=0.5, momentum=0.5)
    for _ in range(60):
        step.zero_grad()
        loss = sum((w * x + b - (2 * x - 1)) ** 2 for x in (0.0, 0.5, 1.0)) * (1 / 3)
        loss.backward()
        step.step()
    assert (w.data, b.data) == pytest.approx((2.0, -1.0), abs=1e-2)


def test_an_optimizer_of_scalars_can_be_traced():
    w = autograd.Scalar(2.0, label="w")
    step = optim.SGD([w], lr=0.25)
    with autograd.trace():
        (w * w).backward()
        step.step()
    assert w.data == 1.0


def test_asgd_averages_from_t0_on():
    w = autograd.tensor([1.0], dtype=autograd.float64, requires_grad=True)
    step, path = optim.ASGD([w], lr=0.1, t0=3.0), []
    for _ in range(6):
        w.grad = autograd.tensor([slope_of(w.item())], dtype=autograd.float64)
        step.step()
        path.append(w.item())
    # Of step t the weight is 1/max(1, t - 1 - t0): at first the average is the last value.
    average = path[3]
    for t in (5, 6):
        average += (path[t - 1] - average) / (t - 1 - 3)
    assert step.state[w]["ax"].item() == pytest.approx(average, rel=1e-6)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (5,)])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adafactor_by_the_formulas(shape, weight_decay):
    rng = np.random.default_rng(0)
    w = autograd.from_numpy(rng.standard_normal(shape)).requires_grad_()
    step = optim.Adafactor([w], lr=0.5, weight_decay=weight_decay, d=1.5)
    p, rows, columns = w.detach().numpy().copy(), 0.0, 0.0
    rms = lambda x: np.sqrt((x * x).mean())
    for t in range(1, 8):
        g = rng.standard_normal(shape)
        w.grad = autograd.from_numpy(g)
        step.step()
        rate = max(1e-3, rms(p)) * min(0.5, 1 / math.sqrt(t))
        beta = 1 - t**-0.8
        p = p * (1 - 0.5 * weight_decay)
        rows = beta * rows + (1 - beta) * ((g * g).mean(-1, keepdims=True) if len(shape) > 1 else g * g)
        v = rows
        if len(shape) > 1:
            columns = beta * columns + (1 - beta) * (g * g).mean(-2, keepdims=True)
            v = rows * columns / rows.mean(-2, keepdims=True)
        update = g / np.sqrt(v)
        p = p - rate * update / max(1.0, rms(update) / 1.5)
        np.testing.assert_allclose(w.tolist(), p)


@pytest.mark.parametrize("shape", [(4, 3), (3, 5), (3, 3)])
@pytest.mark.parametrize("nesterov", [True, False])
def test_muon_steps_equally_far_in_all_directions(shape, nesterov):
    rng = np.random.default_rng(0)
    w = autograd.zeros(shape, dtype=autograd.float64, requires_grad=True)
    step, average = optim.Muon([w], lr=0.1, momentum=0.5, nesterov=nesterov, ns_steps=5), 0.0
    for _ in range(3):
        before, g = w.detach().numpy().copy(), rng.standard_normal(shape)
        w.grad = autograd.from_numpy(g)
        step.step()
        average = 0.5 * average + 0.5 * g
        direction = 0.5 * g + 0.5 * average if nesterov else average
        moved = (before * (1 - 0.1 * 0.1) - w.detach().numpy()) / (0.1 * math.sqrt(max(1, shape[0] / shape[1])))
        u, s, vt = np.linalg.svd(direction, full_matrices=False)
        found_u = u.T @ moved @ vt.T
        np.testing.assert_allclose(found_u, np.diag(np.diag(found_u)), atol=1e-9)
        assert np.all(np.abs(np.diag(found_u)[s > 0.1 * s[0]] - 0.95) < 0.3)


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


@pytest.mark.parametrize(
    "make", [lambda: autograd.tensor([-1.2, 1.0], dtype=autograd.float64, requires_grad=True), None]
)
def test_lbfgs_finds_the_end_of_a_curved_valley(make):
    w = make() if make else [autograd.Scalar(-1.2), autograd.Scalar(1.0)]
    step = optim.LBFGS([w] if make else w, max_iter=60, line_search_fn="strong_wolfe")
    calls = 0

    def closure():
        nonlocal calls
        calls += 1
        step.zero_grad()
        loss = rosenbrock(w)
        loss.backward()
        return loss

    assert float(step.step(closure)) == pytest.approx(24.2)
    np.testing.assert_allclose(w.tolist() if make else [x.data for x in w], [1.0, 1.0], 1e-4)
    first = step.state[step.param_groups[0]["params"][0]]
    assert first["func_evals"] == calls < 100 and first["n_iter"] <= 60


def test_lbfgs_solves_least_squares_in_a_few_steps_and_goes_on_where_it_was():
    rng = np.random.default_rng(0)
    a, b = (autograd.from_numpy(rng.standard_normal(shape)) for shape in ((20, 5), (20,)))
    solution = np.linalg.lstsq(a.numpy(), b.numpy(), rcond=None)[0]
    paths = []
    for interrupted in (False, True):
        w = autograd.zeros(5, dtype=autograd.float64, requires_grad=True)
        step = optim.LBFGS([w], lr=0.5, max_iter=4, history_size=3)

        def closure(w=w):
            w.grad = None
            loss = ((a @ w - b) ** 2).mean()
            loss.backward()
            return loss

        for _ in range(8):
            step.step(closure)
            if interrupted:
                resumed = optim.LBFGS([w], lr=7.0)
                resumed.load_state_dict(step.state_dict())
                step = resumed
        paths.append(w.tolist())
    assert paths[0] == paths[1]
    np.testing.assert_allclose(paths[0], solution, 1e-3, 1e-3)


def test_lbfgs_leaves_the_parameters_where_they_were_if_its_closure_raises():
    w = autograd.tensor([3.0], requires_grad=True)
    step, calls = optim.LBFGS([w], line_search_fn="strong_wolfe"), 0

    def closure():
        nonlocal calls
        calls += 1
        if calls == 2:
            assert w.item() != 3.0
            raise ZeroDivisionError
        step.zero_grad()
        loss = (w**4).sum()
        loss.backward()
        return loss

    with pytest.raises(ZeroDivisionError):
        step.step(closure)
    assert w.item() == 3.0
