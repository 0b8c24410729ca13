"""Functions of functions: PyTorch's ``torch.func``. Derivatives of pure functions, which nest to any depth.

Arguments and results may be Tensors in nested tuples, lists and dicts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .engine.grad_mode import enable_grad, is_grad_enabled
from .engine.tensor import Tensor
from .transforms.aliases import Scope, alias, depends_on_more
from .transforms.jacobians import Pushforward, filled, jacobian_by_columns, jacobian_by_rows, pulled
from .transforms.stateless import functional_call, stack_module_state
from .transforms.tree import leaves, leaves_along, mapped, rebuilt
from .transforms.vmap import vmap

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "value_and_grad",
    "vjp",
    "vmap",
]

Argnums = int | tuple[int, ...]


class _Call:
    """A function called on aliases of its arguments, so that the derivative is that in the arguments alone.

    primals: the arguments to differentiate in. inputs: their aliases, flat. result: what came out; aux: what else.
    """

    def __init__(
        self,
        caller: str,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None = None,
        argnums: Argnums | None = None,
        has_aux: bool = False,
    ) -> None:
        self._live = is_grad_enabled()
        positions = _positions(argnums, len(args))
        self.primals: Any = args[positions[0]] if isinstance(argnums, int) else tuple(args[i] for i in positions)
        scope = Scope()
        with enable_grad():
            self.inputs = [_alias(x, self._live, scope) for x in leaves(self.primals)]
            aliases = rebuilt([args[i] for i in positions], self.inputs)
            given = list(args)
            for i, argument in zip(positions, aliases):
                given[i] = argument
            try:
                self.result = func(*given, **(kwargs or {}))
            finally:
                scope.open = False
        self.aux: Any = None
        if has_aux:
            if not isinstance(self.result, tuple) or len(self.result) != 2:
                raise RuntimeError(
                    f"{caller}: output of function f should be a tuple: (output, aux) if has_aux is True"
                )
            self.result, self.aux = self.result
        self.outputs: list[Tensor] = leaves(self.result)
        for y in self.outputs:
            if not isinstance(y, Tensor):
                raise RuntimeError(f"{caller}: expected f to return only Tensors, got {type(y).__name__}")
        self._inside = self._live and depends_on_more(self.outputs)

    def recorded(self, *vectors: Tensor) -> bool:
        """Whether a derivative of this call, times vectors, may be differentiated by somebody outside."""
        return is_grad_enabled() and (self._inside or any(v.requires_grad for v in vectors))

    def outside(self, tree: Any) -> Any:
        """``tree`` as the caller gets it: what depends on nothing but these aliases is constant there."""
        return mapped(
            lambda t: t.detach() if isinstance(t, Tensor) and not (self._live and depends_on_more([t])) else t,
            tree,
        )

    def with_aux(self, first: Any, has_aux: bool) -> Any:
        return (first, self.outside(self.aux)) if has_aux else first


def _alias(x: Any, through: bool, scope: Scope) -> Tensor:
    if not isinstance(x, Tensor):
        raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
    return alias(x, through, scope)


def _positions(argnums: Argnums | None, count: int) -> list[int]:
    """``argnums`` as positions from the front; all of them for None."""
    if argnums is None:
        return list(range(count))
    if not isinstance(argnums, (int, tuple)) or not all(isinstance(i, int) for i in _listed(argnums)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    for i in _listed(argnums):
        if not -count <= i < count:
            raise RuntimeError(f"Got argnum={i}, but only {count} positional inputs")
    found = [i % count for i in _listed(argnums)]
    if not found or len(set(found)) < len(found):
        raise RuntimeError(f"argnums elements must be unique, and at least one, got {argnums}")
    return found


def _listed(argnums: Argnums) -> tuple[int, ...]:
    return (argnums,) if isinstance(argnums, int) else argnums


def _along(caller: str, pattern: Any, tree: Any) -> list[Any]:
    try:
        return list(leaves_along(pattern, tree))
    except ValueError as error:
        raise RuntimeError(f"{caller}: {error}") from None


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that computes the gradient of ``func``, which returns one scalar Tensor.

    argnums: in which positional argument; for a tuple of them the result is a tuple of gradients.
    has_aux: ``func`` returns ``(output, aux)``, and the gradient comes as ``(gradient, aux)``.
    Raises RuntimeError where the output is no scalar, or an argument isn't there.

    >>> autograd.func.grad(autograd.func.grad(autograd.sin))(autograd.tensor(0.5))
    tensor(-0.4794)
    """

    @wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """As `grad`, but the function returns ``(gradient, output)``, or ``(gradient, (output, aux))``.

    >>> autograd.func.grad_and_value(lambda x: (x * x).sum())(autograd.tensor([1., 2.]))
    (tensor([2., 4.]), tensor(5.))
    """

    @wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> Any:
        caller = "grad_and_value(f)(*args)"
        call = _Call(caller, func, args, kwargs, argnums, has_aux)
        y = call.result
        if not isinstance(y, Tensor):
            raise RuntimeError(f"{caller}: Expected f(*args) to return a Tensor, got {type(y)}")
        if y.ndim:
            raise RuntimeError(
                f"{caller}: Expected f(*args) to return a scalar Tensor, got tensor with {y.ndim} dims. Maybe you "
                "wanted to use the vjp or jacrev APIs instead?"
            )
        found = pulled([y], call.inputs, [None], create_graph=call.recorded())
        gradients = rebuilt(call.primals, filled(found, call.inputs))
        return call.outside(gradients), call.with_aux(call.outside(y), has_aux)

    return gradient_and_value


def value_and_grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """As `grad_and_value` with the value first, as JAX has it.

    >>> autograd.func.value_and_grad(lambda x: (x * x).sum())(autograd.tensor([1., 2.]))
    (tensor(5.), tensor([2., 4.]))
    """
    reverse = grad_and_value(func, argnums, has_aux)

    @wraps(func)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        return reverse(*args, **kwargs)[::-1]

    return value_and_gradient


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """``(func(*primals), vjp_fn)``: ``vjp_fn(cotangents)`` is the tuple of the cotangents times ∂output/∂primal.

    cotangents: built as the output is. With ``has_aux``, ``func`` returns ``(output, aux)`` and aux comes third.

    >>> output, vjp_fn = autograd.func.vjp(autograd.sin, autograd.tensor([0., 1.]))
    >>> vjp_fn(autograd.tensor([1., 1.]))
    (tensor([1.0000, 0.5403]),)
    """
    call = _Call("vjp(f, *primals)", func, primals, has_aux=has_aux)

    def vjp_fn(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        vectors = _along("vjp_fn(cotangents)", call.result, cotangents)
        recorded = call.recorded(*vectors) if create_graph is None else create_graph
        found = pulled(call.outputs, call.inputs, vectors, retain_graph=retain_graph, create_graph=recorded)
        return call.outside(rebuilt(call.primals, filled(found, call.inputs)))

    return _and_aux(call, vjp_fn, has_aux)


def _and_aux(call: _Call, second: Any, has_aux: bool) -> tuple[Any, ...]:
    both = call.outside(call.result), second
    return (*both, call.outside(call.aux)) if has_aux else both


def _tuple(caller: str, tangents: Any) -> tuple[Any, ...]:
    if not isinstance(tangents, tuple):
        raise RuntimeError(f"{caller}: Expected tangents to be a tuple built as the primals, got {type(tangents)}")
    return tangents


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """``(func(*primals), Σ ∂output/∂primal·tangent)``, and aux third with ``has_aux``.

    primals, tangents: tuples built alike. strict: RuntimeError for an output that depends on no primal, instead of 0.

    >>> autograd.func.jvp(autograd.sin, (autograd.tensor(0.),), (autograd.tensor(2.),))
    (tensor(0.), tensor(2.))
    """
    caller = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{caller}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    if not leaves(primals):
        raise RuntimeError(f"{caller}: Expected primals to contain at least one Tensor.")
    call = _Call(caller, func, primals, has_aux=has_aux)
    return _and_aux(call, _pushforward(caller, call, strict)(*_tuple(caller, tangents)), has_aux)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """``(func(*primals), jvp_fn)``: ``jvp_fn(*tangents)`` is Σ ∂output/∂primal·tangent, without calling ``func`` again.

    >>> output, jvp_fn = autograd.func.linearize(autograd.sin, autograd.tensor(0.))
    >>> jvp_fn(autograd.tensor(1.)), jvp_fn(autograd.tensor(2.))
    (tensor(1.), tensor(2.))
    """
    call = _Call("linearize(f, *primals)", func, primals)
    return call.outside(call.result), _pushforward("jvp_fn(*tangents)", call)


def _pushforward(caller: str, call: _Call, strict: bool = False) -> Callable[..., Any]:
    push = Pushforward(call.outputs, call.inputs)

    def jvp_fn(*tangents: Any) -> Any:
        vectors = _along(caller, call.primals, tangents)
        found = push(vectors, call.recorded(*vectors))
        if strict and any(t is None for t in found):
            raise RuntimeError(
                f"{caller}: The output of f is independent of the inputs. This is not allowed with strict=True."
            )
        return call.outside(rebuilt(call.result, filled(found, call.outputs)))

    return jvp_fn


def jacrev(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """The function that computes ∂output/∂argument, of shape ``output.shape + argument.shape``, row by row.

    The result is built as the output, with in each place a tree built as the argument (a tuple of them for a tuple of
    argnums). One pullback for each element of the output: right where the argument has more. ``chunk_size`` is accepted
    for PyTorch's sake: the pullbacks run one by one.

    >>> autograd.func.jacrev(lambda x: x[:2] * x[2])(autograd.tensor([1., 2., 3.]))
    tensor([[3., 0., 1.],
            [0., 3., 2.]])
    """

    @wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        call = _Call("jacrev(f)(*args)", func, args, kwargs, argnums, has_aux)
        rows = [jacobian_by_rows(y, call.inputs, call.recorded()) for y in call.outputs]
        return call.with_aux(_blocks(call, rows), has_aux)

    return jacobian


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """As `jacrev`, column by column: right where the output has more elements than the argument.

    ``func`` runs once, so that ``randomness`` changes nothing.

    >>> autograd.func.jacfwd(lambda x: x[:2] * x[2])(autograd.tensor([1., 2., 3.]))
    tensor([[3., 0., 1.],
            [0., 3., 2.]])
    """

    @wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        call = _Call("jacfwd(f)(*args)", func, args, kwargs, argnums, has_aux)
        return call.with_aux(_blocks(call, jacobian_by_columns(call.outputs, call.inputs, call.recorded())), has_aux)

    return jacobian


def _blocks(call: _Call, rows: list[list[Tensor]]) -> Any:
    """For each output a tree built as the primals."""
    return call.outside(rebuilt(call.result, [rebuilt(call.primals, row) for row in rows]))


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that computes ∂²output/∂argument²: `jacfwd` of `jacrev`.

    >>> autograd.func.hessian(lambda x: x[0] ** 2 * x[1])(autograd.tensor([1., 2.]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
