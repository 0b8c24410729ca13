"""``torch.jit``: functions and modules run as Python has them."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable
from typing import Any, Dict, Final, List, NamedTuple, Optional, Tuple, Union

import nn

from .compiler import unchanged
from .core import ScriptFunction

__all__ = ["Dict", "List", "NamedTuple", "Optional", "Tuple", "Union"]
__all__ += ["Final", "ScriptFunction", "ScriptModule", "export", "ignore", "script", "unused"]
script = ignore = unused = export = script_method = script_if_tracing = interface = freeze = unchanged
_script_if_tracing = _overload = _overload_method = optimize_for_inference = compile_ignored_fn = unchanged
_copy_to_script_wrapper = unchanged


class ScriptModule(nn.Module):
    """A module like any other."""


class TracerWarning(Warning):
    """Of a trace that may be wrong. There is none."""


class Error(RuntimeError):
    """Of a compiled function. There is none."""


RecursiveScriptModule = TopLevelTracedModule = TracedModule = ScriptModule


def trace(func: Any, *args: Any, **options: Any) -> Any:
    """``func`` itself."""
    return func


trace_module = trace


def is_scripting() -> bool:
    """False."""
    return False


is_tracing = is_scripting


def annotate(the_type: Any, the_value: Any) -> Any:
    """``the_value``."""
    return the_value


def Attribute(value: Any, type: Any) -> Any:
    """``value``."""
    return value


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``func(*args, **kwargs)``, at once."""
    return func(*args, **kwargs)


def wait(future: Any) -> Any:
    """What `fork` gave."""
    return future


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Any:
    """A block like any other."""
    yield


def enable_onednn_fusion(enabled: bool) -> None:
    """Nothing."""


def set_fusion_strategy(strategy: Any) -> None:
    """Nothing."""


def isinstance(obj: Any, target_type: Any) -> bool:
    """As Python's."""
    return builtins.isinstance(obj, target_type)


def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """RuntimeError: a file of this kind holds a program for PyTorch."""
    raise RuntimeError(
        "torch.jit.save: compiled modules are out of scope here; save module.state_dict() with torch.save"
    )


def load(f: Any, map_location: Any = None, _extra_files: Any = None, **options: Any) -> Any:
    """RuntimeError: a file of this kind holds a program for PyTorch."""
    raise RuntimeError("torch.jit.load: compiled modules are out of scope here; torch.load reads state dicts")


class BroadcastingListCls:
    """A type in annotations: one number for all, or a list."""

    def __getitem__(self, types: Any) -> None: ...


BroadcastingList1 = BroadcastingList2 = BroadcastingList3 = BroadcastingListCls()
