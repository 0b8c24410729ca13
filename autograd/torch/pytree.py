"""``torch.utils._pytree``: nested containers and their leaves."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

PyTree = Any


def _dict_flatten_with_keys(d: Any) -> tuple[list[tuple[Any, Any]], list[Any]]:
    return [(MappingKey(key), value) for key, value in d.items()], list(d)


class MappingKey(NamedTuple):
    """A step of the way to a leaf: through a dict by this key."""

    key: Any


class SequenceKey(NamedTuple):
    """A step of the way to a leaf: through a sequence to this place."""

    idx: int


class GetAttrKey(NamedTuple):
    """A step of the way to a leaf: through an object by this attribute."""

    name: str


Context = Any


def is_structseq_instance(obj: Any) -> bool:
    """False: what a function gives in several parts is a namedtuple here."""
    return False


class NodeDef(NamedTuple):
    """How a container is taken apart and put together."""

    flatten: Callable[[Any], tuple[list[Any], Any]]
    unflatten: Callable[[list[Any], Any], Any]


def _dict(kind: Any) -> NodeDef:
    return NodeDef(lambda d: (list(d.values()), list(d)), lambda values, keys: kind(zip(keys, values)))


SUPPORTED_NODES: dict[Any, NodeDef] = {
    list: NodeDef(lambda x: (x, None), lambda values, _: list(values)),
    tuple: NodeDef(lambda x: (list(x), None), lambda values, _: tuple(values)),
    dict: _dict(dict),
    OrderedDict: _dict(OrderedDict),
    defaultdict: NodeDef(
        lambda d: (list(d.values()), (d.default_factory, list(d))),
        lambda values, context: defaultdict(context[0], zip(context[1], values)),
    ),
    deque: NodeDef(lambda d: (list(d), d.maxlen), lambda values, maxlen: deque(values, maxlen)),
    namedtuple: NodeDef(lambda x: (list(x), type(x)), lambda values, kind: kind(*values)),
}


def register_pytree_node(cls: Any, flatten_fn: Any, unflatten_fn: Any, **options: Any) -> None:
    """Say how containers of a class are taken apart, and put together again."""
    SUPPORTED_NODES[cls] = NodeDef(flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node


def _kind(tree: Any) -> Any:
    """The key of `SUPPORTED_NODES` for ``tree``, or None for a leaf."""
    if type(tree) in SUPPORTED_NODES:
        return type(tree)
    return namedtuple if isinstance(tree, tuple) and hasattr(tree, "_fields") else None


def _get_node_type(tree: Any) -> Any:
    """The type of a container, ``namedtuple`` for those; a leaf's own."""
    return _kind(tree) or type(tree)


def _is_leaf(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    return _kind(tree) is None or (is_leaf is not None and is_leaf(tree))


tree_is_leaf = _is_leaf


def _dict_flatten(d: Any) -> tuple[list[Any], Any]:
    return SUPPORTED_NODES[dict].flatten(d)


def _dict_unflatten(values: list[Any], keys: Any) -> Any:
    return SUPPORTED_NODES[dict].unflatten(values, keys)


class TreeSpec(NamedTuple):
    """How a tree is built: of a leaf the kind is None."""

    type: Any
    context: Any
    children_specs: tuple[Any, ...]

    @property
    def num_leaves(self) -> int:
        """How many leaves there are."""
        return 1 if self.type is None else sum(spec.num_leaves for spec in self.children_specs)

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree with these leaves."""
        return tree_unflatten(leaves, self)

    def is_leaf(self) -> bool:
        """Whether the tree is one leaf."""
        return self.type is None


def LeafSpec() -> TreeSpec:
    """How a leaf is built."""
    return TreeSpec(None, None, ())


def tree_flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves from left to right, and how the tree is built."""
    if _is_leaf(tree, is_leaf):
        return [tree], LeafSpec()
    children, context = SUPPORTED_NODES[_kind(tree)].flatten(tree)
    parts = [tree_flatten(child, is_leaf) for child in children]
    leaves = [leaf for found, _ in parts for leaf in found]
    return leaves, TreeSpec(_kind(tree), context, tuple(spec for _, spec in parts))


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """The tree that is built so, of these leaves."""
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(f"tree_unflatten: {len(leaves)} leaves for a tree of {treespec.num_leaves}")
    following = iter(leaves)

    def build(spec: TreeSpec) -> Any:
        if spec.type is None:
            return next(following)
        return SUPPORTED_NODES[spec.type].unflatten([build(child) for child in spec.children_specs], spec.context)

    return build(treespec)


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves from left to right."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Iterable[Any]:
    """The leaves one by one."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """How the tree is built."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Any, tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """The tree of what ``func`` makes of each leaf, and of those at the same place in ``rests``."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(rest, is_leaf) for rest in rests]
    return tree_unflatten([func(*one) for one in zip(leaves, *others)], spec)


def tree_map_(func: Any, tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """``tree``, after ``func`` was called with each leaf."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(kind: Any, func: Any, tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """`tree_map` for leaves of a type, or of which a function says yes; the others stay."""
    chosen = kind if callable(kind) and not isinstance(kind, type) else lambda leaf: isinstance(leaf, kind)
    return tree_map(lambda leaf: func(leaf) if chosen(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_all(pred: Any, tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` holds for all leaves."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Any, tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` holds for a leaf."""
    return any(map(pred, tree_leaves(tree, is_leaf)))
