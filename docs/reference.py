"""What is public, under which names, and which page of the site says so.

Ops, methods of Tensors and functional forms are made of registries at import, so they are looked at, not read. What
several names mean is one `Entry`: `autograd.sin`, `Tensor.sin` and `Tensor.sin_` stand together. A page lists the files
whose functions and classes it shows; everything is shown where it is written.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# The modules that a script imports from. Those at the end are built on packages that need not be installed.
FACES = (
    "autograd",
    "autograd.linalg",
    "autograd.special",
    "autograd.fft",
    "autograd.masked",
    "autograd.signal",
    "autograd.signal.windows",
    "autograd.func",
    "autograd.functional",
    "autograd.gradcheck",
    "autograd.graph",
    "autograd.function",
    "autograd.compiler",
    "autograd.random",
    "autograd.quasirandom",
    "autograd.serialization",
    "autograd.onnx",
    "autograd.plot",
    "autograd.course",
    "autograd.cuda",
    "autograd.utils",
    "autograd.utils.checkpoint",
    "autograd.utils.data",
    "autograd.distributed",
    "autograd.distributions",
    "autograd.distributions.transforms",
    "autograd.distributions.constraints",
    "autograd.distributions.constraint_registry",
    "autograd.distributions.kl",
    "autograd.distributions.relaxed_categorical",
    "autograd.distributions.utils",
    "nn",
    "nn.functional",
    "nn.init",
    "nn.parameter",
    "nn.modules",
    "nn.modules.module",
    "nn.modules.lazy",
    "nn.parallel",
    "nn.utils",
    "nn.utils.parametrizations",
    "nn.utils.parametrize",
    "nn.utils.prune",
    "nn.utils.rnn",
    "nn.utils.stateless",
    "optim",
    "optim.lr_scheduler",
    "optim.swa_utils",
    "nn.estimator",
    "autograd.utils.tensorboard",
    "autograd.utils.einops",
)
NEEDED = {"nn.estimator": "sklearn", "autograd.utils.tensorboard": "tensorboardX", "autograd.utils.einops": "einops"}


@dataclass(frozen=True)
class Page:
    """A page, with the files whose contents it shows: each a section, or one list if there are ``sections`` of none."""

    name: str
    title: str
    files: tuple[str, ...]
    faces: tuple[str, ...] = ()
    sections: bool = True


def page(name: str, title: str, package: str, files: str, *, faces: str = "", sections: bool = True) -> Page:
    """A page of ``files`` below ``package``, given as words."""
    below = tuple(f"{package}.{file}" if package else file for file in files.split())
    return Page(name, title, below, tuple(faces.split()), sections)


# Captions of the table of contents, with their pages.
PARTS: dict[str, tuple[Page, ...]] = {
    "Tensors": (
        page(
            *("tensor", "Tensor", "autograd"),
            "engine.tensor engine.size composed.conversion composed.types composed.questions composed.storage "
            "creation.storage surface.memory surface.in_place surface.install surface.printing composed.real "
            "engine.overriding surface.legacy",
        ),
        page(
            *("creation", "Making Tensors", "autograd"),
            "creation.data creation.filled creation.ranges creation.random composed.random creation.generator "
            "composed.new creation.layout types.dtypes types.device quasirandom",
            faces="autograd.random autograd.quasirandom",
        ),
        page(
            *("pointwise", "Element by element", "autograd"),
            "ops.arithmetic ops.pointwise ops.trigonometry ops.rounding ops.choice ops.comparison ops.integers "
            "composed.arithmetic",
        ),
        page("special", "Special functions", "autograd.ops", "special bessel polynomials", faces="autograd.special"),
        page(
            *("reduction", "Sums, statistics, order", "autograd"),
            "ops.broadcasting ops.reduction ops.scan composed.extremes composed.statistics composed.ordering "
            "ops.ordering composed.counting composed.differences composed.norms ops.norm composed.distance "
            "ops.distance",
        ),
        page(
            *("shapes", "Shapes, parts, joining", "autograd"),
            "ops.shape composed.shapes composed.splitting ops.joining composed.joining composed.copies ops.diagonal "
            "composed.diagonals",
        ),
        page("indexing", "Indexing", "autograd", "ops.index composed.indexing composed.scatter"),
        page(
            *("linalg", "Linear algebra", "autograd"),
            "ops.matmul composed.products composed.contraction ops.linalg composed.linalg ops.decomposition "
            "composed.decomposition composed.lu composed.solving composed.matrix_norms composed.grouped",
            faces="autograd.linalg",
        ),
        page(
            *("masked", "Masks, spectra, windows", "autograd"),
            "composed.masked composed.fft signal.windows",
            faces="autograd.masked autograd.fft autograd.signal autograd.signal.windows",
        ),
    ),
    "Derivatives": (
        page(
            *("backward", "Backpropagation", "autograd"),
            "engine.backward engine.grad_mode engine.debug engine.walk engine.node graph utils.checkpoint",
            faces="autograd.graph autograd.utils.checkpoint",
        ),
        page(
            *("func", "Derivatives of functions", "autograd"),
            "func functional transforms.stateless transforms.vmap gradcheck",
            faces="autograd.func autograd.functional autograd.gradcheck",
        ),
        page("custom", "Operations of your own", "autograd", "engine.custom ops.op", faces="autograd.function"),
        page("scalar", "Scalar", "autograd", "scalar", sections=False),
        page(
            *("compile", "Recorded and replayed", "autograd"),
            "replay.compiled replay.stance compiler",
            faces="autograd.compiler",
            sections=False,
        ),
    ),
    "Seeing": (
        page("seeing", "Drawing and stepping", "autograd.seeing", "drawing tracing", sections=False),
        page("plot", "Plots", "autograd.seeing", "plot plots_of_networks", faces="autograd.plot", sections=False),
    ),
    "Networks": (
        page(
            *("module", "Modules and parameters", "nn"),
            "module container parameter parameter_container hooks wrappers",
            faces="nn nn.parameter nn.modules nn.modules.module",
        ),
        page("linear", "Linear, embedding, shape", "nn", "linear embedding flatten distance"),
        page("convolution", "Convolution and images", "nn", "conv fold padding resizing"),
        page("pooling", "Pooling", "nn", "pooling", sections=False),
        page("normalization", "Normalization and dropout", "nn", "batchnorm normalization dropout"),
        page("activation", "Activations", "nn", "activation", sections=False),
        page("recurrent", "Recurrent networks", "nn", "rnn rnn_cell utils.rnn", faces="nn.utils.rnn"),
        page("transformer", "Attention and transformers", "nn", "multihead_attention transformer"),
        page("loss", "Losses", "nn", "loss linear_cross_entropy adaptive_softmax"),
        page("lazy", "Sizes found by the first batch", "nn", "lazy", faces="nn.modules.lazy", sections=False),
        page(
            *("functional", "nn.functional: layers", "autograd"),
            "ops.activation composed.activation ops.softmax composed.softmax composed.convolution composed.fold "
            "composed.pooling composed.fractional_pooling composed.padding composed.pixels composed.interpolation "
            "composed.grid composed.normalization composed.dropout ops.embedding composed.embedding "
            "composed.attention composed.multi_head_attention composed.recurrent composed.core",
            faces="nn.functional",
        ),
        page(
            *("functional_losses", "nn.functional: losses", "autograd"),
            "ops.loss composed.losses composed.cross_entropy composed.linear_cross_entropy composed.margin_losses "
            "composed.ctc",
        ),
        page("init", "Initialization", "nn", "init", faces="nn.init", sections=False),
        page(
            *("nn_utils", "Helpers for networks", "nn"),
            "utils.clip_grad utils.convert_parameters utils.fusion utils.gradients utils.summary utils.memory_format "
            "utils.skip_init utils.spectral_norm utils.weight_norm utils.parametrizations utils.parametrize "
            "utils.prune utils.stateless",
            faces="nn.utils nn.utils.parametrizations nn.utils.parametrize nn.utils.prune nn.utils.stateless",
        ),
    ),
    "Training": (
        page("optim", "Optimizers", "", "optim", faces="optim", sections=False),
        page("lr_scheduler", "Schedules", "optim", "lr_scheduler", faces="optim.lr_scheduler", sections=False),
        page("swa_utils", "Averages of weights", "optim", "swa_utils", faces="optim.swa_utils", sections=False),
        page("data", "Data", "autograd.utils", "data", faces="autograd.utils autograd.utils.data", sections=False),
        page("estimator", "Estimators", "nn", "estimator", faces="nn.estimator", sections=False),
        page(
            *("distributed", "Several processes", ""),
            "autograd.distributed nn.parallel optim.zero_redundancy",
            faces="autograd.distributed nn.parallel",
            sections=False,
        ),
    ),
    "Distributions": (
        page(
            *("distributions", "Distributions", "autograd"),
            "distributions",
            faces="autograd.distributions autograd.distributions.relaxed_categorical autograd.distributions.utils",
            sections=False,
        ),
        page("divergences", "Divergences", "autograd.distributions", "kl", faces="autograd.distributions.kl"),
        page(
            *("transforms", "Transforms", "autograd.distributions", "transforms"),
            faces="autograd.distributions.transforms",
            sections=False,
        ),
        page(
            *("constraints", "Constraints", "autograd.distributions", "constraints constraint_registry"),
            faces="autograd.distributions.constraints autograd.distributions.constraint_registry",
        ),
    ),
    "Around": (
        page(
            *("files", "Files", "autograd", "serialization onnx"),
            faces="autograd.serialization autograd.onnx",
            sections=False,
        ),
        page(
            *("other_libraries", "TensorBoard and einops", "autograd.utils", "tensorboard einops"),
            faces="autograd.utils.tensorboard autograd.utils.einops",
            sections=False,
        ),
        page("course", "Answers checked", "autograd", "course", faces="autograd.course"),
        page(
            *("settings", "Threads, devices, as_torch", "autograd"),
            "kernels.compiling.threads cuda torch.hook",
            faces="autograd autograd.cuda",
        ),
    ),
}
PAGES = tuple(page for pages in PARTS.values() for page in pages)


@dataclass
class Entry:
    """One thing, with all of its names; it stands under the first."""

    what: Any
    file: str
    names: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def text(self) -> str:
        """What is said of it; a class that was made without a word, or a value, is what its type says, or of it."""
        what = self.what
        written = isinstance(what, (property, types.ModuleType)) or inspect.isroutine(origin(what))
        speaks = written or (isinstance(what, type) and what.__doc__)
        if not speaks and type(what) in public_classes():
            return f"A `{type(what).__name__}`" + ("." if "<" in repr(what) else f": ``{what!r}``.")
        return inspect.cleandoc((what if speaks else type(what)).__doc__ or "")

    @property
    def kind(self) -> str:
        """The directive of Sphinx's that shows it."""
        if isinstance(self.what, type):
            return "exception" if issubclass(self.what, BaseException) else "class"
        if isinstance(self.what, property):
            return "property"
        if inspect.isroutine(self.what) or isinstance(self.what, functools.partial):
            return "method" if ".Tensor." in self.name else "function"
        return "attribute" if ".Tensor." in self.name else "data"


def available(face: str) -> bool:
    """Whether what ``face`` is built on is installed."""
    needed = NEEDED.get(face)
    return needed is None or importlib.util.find_spec(needed) is not None


def public_names(module: types.ModuleType) -> list[str]:
    """What a module offers: what it lists, or what is written in it and isn't a helper for types."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        name
        for name, found in vars(module).items()
        if not name.startswith("_")
        and getattr(found, "__module__", None) == module.__name__
        and not isinstance(found, (typing.TypeVar, typing.ParamSpec))
    ]


def attributes(cls: type) -> Iterator[tuple[str, Any]]:
    """The public attributes of a class, as they are kept: by name, those of its bases too."""
    for name in dir(cls):
        if not name.startswith("_"):
            yield name, inspect.getattr_static(cls, name)


def origin(found: Any) -> Any:
    """What was written: without what ops and composed functions are wrapped in."""
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, (staticmethod, classmethod)):
        found = found.__func__
    return inspect.unwrap(found) if callable(found) else found


def file_of(found: Any, face: str) -> str:
    """The module that something is written in; of a value, its type's, if that is ours."""
    written = origin(found)
    file = getattr(written, "__module__", None)
    # Values, and the classes that are made one a dtype, are written where their type is.
    file = type(written).__module__ if file in (None, "autograd") else file
    return file if file.split(".")[0] in ("autograd", "nn", "optim") else face


def is_made(found: Any) -> bool:
    """Whether a function was made for its name, as ``sin_`` is, and says no more than that it writes in place."""
    name, code = getattr(found, "__name__", ""), getattr(origin(found), "__code__", None)
    return name.endswith("_") and code is not None and code.co_name != name


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Everything that is public, each once."""
    known: dict[Any, Entry] = {}
    writing: dict[str, str] = {}

    def add(face: str, name: str, found: Any) -> None:
        full = f"{face}.{name}"
        if is_made(found):
            writing[full] = name.removesuffix("_")
        else:
            written = origin(found)
            key = full if written is None else id(written)
            known.setdefault(key, Entry(found, file_of(found, face))).names.append(full)

    for face in filter(available, FACES):
        module = module_of(face)
        for name in public_names(module):
            found = getattr(module, name)
            if not isinstance(found, types.ModuleType):
                add(face, name, found)
    autograd = module_of("autograd")
    for name, found in attributes(autograd.Tensor):
        if not isinstance(found, types.MemberDescriptorType):
            add("autograd.Tensor", name, found)
    by_name = {name: entry for entry in known.values() for name in entry.names}
    # Methods that Scalars have of the same ops.
    for name, found in attributes(autograd.Scalar):
        if callable(found) and not found.__doc__ and f"autograd.{name}" in by_name:
            by_name[f"autograd.{name}"].names.append(f"autograd.Scalar.{name}")
    for full, name in writing.items():
        found_under = (f"{full.rpartition('.')[0]}.{name}", f"autograd.Tensor.{name}", f"autograd.{name}")
        next(by_name[one] for one in found_under if one in by_name).names.append(full)
    for entry in known.values():
        entry.names.sort(key=functools.partial(rank, page_of(entry.file)))
    return tuple(known.values())


def module_of(face: str) -> types.ModuleType:
    """The module that a script gets under this name."""
    above, _, name = face.rpartition(".")
    # Plots are in the room of what is looked at, and offered beside it.
    return importlib.import_module("autograd.seeing.plot" if (above, name) == ("autograd", "plot") else face)


def rank(page: Page | None, name: str) -> tuple[bool, bool, int, bool]:
    """Which of several names comes first: that of the page's own module, then that of the least deep one."""
    face = name.rpartition(".")[0]
    own = page is not None and face in page.faces
    return (not own, face not in FACES, face.count("."), name.endswith("_"))


def page_of(file: str) -> Page | None:
    """The page that shows what is written in ``file``: the one that names it, or the package that it is in."""
    fitting = [(len(one), page) for page in PAGES for one in page.files if file == one or file.startswith(f"{one}.")]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


@functools.cache
def public_classes() -> frozenset[type]:
    """The classes that have an entry of their own."""
    return frozenset(entry.what for entry in entries() if isinstance(entry.what, type))


def members(of: Entry) -> Iterator[Entry]:
    """What a class has beside what its public bases have: methods and properties that say what they do.

    Those of bases that aren't public are its own. Methods of Tensors have entries of their own.
    """
    cls, known = of.what, {name for entry in entries() for name in entry.names}
    bases = [base for base in cls.__mro__[1:] if base.__module__.split(".")[0] in ("autograd", "nn", "optim")]
    own = [cls] if public_classes() & set(bases) else [cls, *bases]
    found: dict[str, Entry] = {}
    for base in own:
        for name, what in vars(base).items():
            entry = Entry(what, base.__module__, [name])
            written = inspect.isroutine(origin(what)) and file_of(what, "") == base.__module__
            if not name.startswith("_") and written and entry.text and f"{of.name}.{name}" not in known:
                found.setdefault(name, entry)
    yield from found.values()


@functools.cache
def documented() -> dict[str, Entry]:
    """What has a docstring of its own on the site, by the name under which it is shown: files, entries, members."""
    found = {}
    for entry in entries():
        found[entry.name] = entry
        if isinstance(entry.what, type):
            found |= {f"{entry.name}.{member.name}": member for member in members(entry)}
    files = {entry.file for entry in entries()} | set(filter(available, FACES))
    return {file: Entry(module_of(file), file, [file]) for file in files} | found


@functools.cache
def shown_under() -> dict[str, str]:
    """For every name the one that it is shown under, for modules and members too."""
    own = {name: name for name, entry in documented().items() if name != entry.file or name in FACES}
    return own | {name: entry.name for entry in entries() for name in entry.names}


def meant(text: str, name: str) -> str | None:
    """What is shown under a name that the docstring of ``name`` mentions: as in its file, from near to far."""
    known = shown_under()
    text = text.removesuffix("()")
    above = [name.rsplit(".", depth)[0] for depth in range(name.count(".") + 1)]
    everywhere = ("autograd", "nn", "optim", "nn.functional", "autograd.Tensor", "autograd.distributions", "nn.Module")
    candidates = [*(f"{scope}.{text}" for scope in (*above, *everywhere)), text]
    if text[:1].isupper():
        candidates += [one for one in known if one.endswith(f".{text}")]
    return next((known[one] for one in candidates if one in known), None)
