"""What `torch.autograd.graph` has: how a graph keeps what it saved, and hooks over several Tensors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from typing import Any

from .engine.debug import forbid_packing, packing
from .engine.hooks import RemovableHandle
from .engine.node import GradientEdge, Node, looked_at
from .engine.tensor import Tensor
from .engine.versions import note_write

__all__ = ["GradientEdge", "Node", "get_gradient_edge", "increment_version", "register_multi_grad_hook", "save_on_cpu"]
__all__ += ["allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "saved_tensors_hooks"]


class saved_tensors_hooks:
    """A block in which a graph keeps ``pack_hook(x)`` instead of each Tensor ``x`` that it saves for the way back.

    When that is needed, ``unpack_hook`` makes a Tensor with the same values of it. So what is saved can go to a file,
    or be kept with fewer bits. TypeError if it makes something else.

    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), autograd.tensor):
    ...     y = (x * x).sum()
    >>> y.backward(); x.grad
    tensor([2., 2.])
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        packing((self.pack_hook, self.unpack_hook))

    def __exit__(self, *exception: object) -> None:
        packing(None)


class disable_saved_tensors_hooks(ContextDecorator):
    """A block, or a function, in which `saved_tensors_hooks` raises RuntimeError with ``error_message``.

    Where such hooks are there already, so does entering it.

    >>> with autograd.graph.disable_saved_tensors_hooks("no hooks here"):
    ...     with autograd.graph.save_on_cpu():
    ...         pass
    """

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message

    def __enter__(self) -> None:
        self.before = forbid_packing(self.error_message)

    def __exit__(self, *exception: object) -> None:
        forbid_packing(None)
        forbid_packing(self.before)


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """A block in which what a graph has saved may be written to: the graph keeps copies, which cost memory.

    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x.clone()
    ...     z = (y * y).sum()
    ...     y = y.zero_()
    >>> z.backward(); x.grad
    tensor([2., 2.])
    """

    def __init__(self) -> None:
        super().__init__(lambda saved: saved.clone(), lambda kept: kept)


class save_on_cpu:
    """A block in which what a graph saves is on the CPU: here it always is.

    >>> with autograd.graph.save_on_cpu():
    ...     pass
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass


class _Handles:
    """The handles of several hooks as one."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[[Any], Any], *, mode: str = "all") -> _Handles:
    """Call ``fn`` once a backward pass has brought gradients to the ``tensors``: with a list of them, None where none.

    mode: "all" for when all that get one have theirs, "any" for the first, with which alone it is called then.
    Here "all" waits for every one of ``tensors``. ValueError for another mode.

    >>> x, y = (autograd.ones(1, requires_grad=True) for _ in range(2))
    >>> handle = autograd.graph.register_multi_grad_hook([x, y], lambda grads: print([g.item() for g in grads]))
    >>> (2 * x + 3 * y).backward()
    [2.0, 3.0]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    lock, found = threading.Lock(), dict[int, Tensor]()

    def arrived(position: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            with lock:
                found[position] = gradient
                first, complete = len(found) == 1, len(found) == len(tensors)
                gradients = [found.get(i) for i in range(len(tensors))]
                if complete:
                    found.clear()
            if mode == "any" and first:
                fn(gradient)
            elif mode == "all" and complete:
                fn(gradients)

        return hook

    return _Handles([x.register_hook(arrived(position)) for position, x in enumerate(tensors)])


def increment_version(tensor: Tensor | Sequence[Tensor]) -> None:
    """Note that the memory of ``tensor``, or of each of several, was written to by something that noted it nowhere.

    >>> x = autograd.ones(1); autograd.graph.increment_version(x); x._version
    1
    """
    for x in [tensor] if isinstance(tensor, Tensor) else tensor:
        note_write(x.array)


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of ``tensor`` arrives: `grad` and `backward` take it in place of the Tensor.

    So somebody can ask for a gradient later and keep no values until then. RuntimeError if it gets none.

    >>> x = autograd.ones(2, requires_grad=True); y = 3 * x
    >>> edge = autograd.graph.get_gradient_edge(y)
    >>> autograd.grad((y * y).sum(), edge)
    (tensor([6., 6.]),)
    """
    node = tensor.node
    if node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients; make it with "
            "requires_grad=True before it is used"
        )
    call = looked_at(node.call)
    return GradientEdge(call, tensor.output_nr, None if call is node else node)
