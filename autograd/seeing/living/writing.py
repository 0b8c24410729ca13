"""The body of a function, written in JavaScript.

Operators become calls, since numbers, lists, arrays and variables that record all have them.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Protocol

import numpy as np

from ...kernels.compiling.threads import divided
from ...ops.op import Op
from .sources import Definition

FOLDER = Path(__file__).parent
# The modules whose functions JavaScript has by the same names, and what they are called there.
MODULES = {"numpy": "np", "math": "math", "scipy.special": "special", "scipy.special._ufuncs": "special"}
DEFINED = frozenset(
    match[1]
    for match in re.finditer(
        r"^((?:np|math|special)(?:\.\w+)+) = ", (FOLDER / "numpy.js").read_text(encoding="utf-8"), re.M
    )
)
OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
IN_PLACE = {ast.Add: "iadd", ast.Sub: "isub", ast.Mult: "imul", ast.Div: "idiv"}
# Methods of lists and texts that JavaScript calls otherwise.
METHOD_NAMES = """
    join startswith endswith strip upper lower isalnum replace translate split append extend insert index count pop
"""
METHODS = frozenset(METHOD_NAMES.split())
RESERVED_WORDS = """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public
    return static super switch this throw true try typeof undefined var void while with yield
    np py math special op call array take put leaf format same
"""
RESERVED = frozenset(RESERVED_WORDS.split())


class Untranslatable(Exception):
    """What JavaScript has nothing for."""


def path_of(value: Any) -> str | None:
    """The name of a function of NumPy's or of another module that JavaScript has."""
    module, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if isinstance(value, np.ufunc):
        module = "numpy" if getattr(np, value.__name__, None) is value else "scipy.special"
    if value is np.ndarray:
        module = "numpy"
    if module is None or name is None:
        return None
    short = next((short for full, short in MODULES.items() if module == full or module.startswith(f"{full}.")), None)
    return None if short is None else f"{short}.{name}"


class Names(Protocol):
    """What knows how values and ops are called in JavaScript."""

    def constant(self, value: Any) -> str: ...

    def op(self, op: Op) -> str: ...


class Writer:
    """One function, and those inside of it, as JavaScript."""

    def __init__(self, translation: Names, function: FunctionType, node: Definition) -> None:
        self.translation, self.node = translation, node
        closure = function.__closure__ or ()
        self.outer: dict[str, Any] = {**function.__globals__}
        for name, cell in zip(function.__code__.co_freevars, closure):
            try:
                self.outer[name] = cell.cell_contents
            except ValueError:
                continue
        self.defaults: Sequence[Any] = function.__defaults__ or ()
        self.scopes: list[set[str]] = []

    def function(self, name: str) -> str:
        """The declaration of the whole."""
        return self.definition(self.node, name, [self.translation.constant(value) for value in self.defaults])

    def definition(self, node: Definition, name: str, defaults: Sequence[str]) -> str:
        parameters = self.parameters(node.args, defaults)
        self.scopes.append(_assigned(node))
        try:
            catch_all = node.args.kwarg
            if isinstance(node, ast.Lambda):
                body = f"return {self.expression(node.body)};"
                yields = False
            else:
                body = self.body(node.body)
                yields = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
            own = {argument.arg for argument in _all_arguments(node.args)}
            variables = sorted(map(_safe, self.scopes[-1] - own))
        finally:
            self.scopes.pop()
        declared = f"let {', '.join(variables)};\n" if variables else ""
        if catch_all is not None:
            rest = _safe(node.args.vararg.arg) if node.args.vararg else "[]"
            declared += (
                f"const {_safe(catch_all.arg)} = {rest}.at(-1) instanceof Keywords ? {rest}.pop().given : {{}};\n"
            )
        return f"function{'*' if yields else ''} {name}({parameters}) {{\n{declared}{body}\n}}"

    def parameters(self, args: ast.arguments, defaults: Sequence[str]) -> str:
        names = [_safe(argument.arg) for argument in (*args.posonlyargs, *args.args)]
        plain = len(names) - len(defaults)
        parts = [
            *names[:plain],
            *(f"{name} = {default}" for name, default in zip(names[plain:], defaults)),
        ]
        if args.kwonlyargs and args.vararg:
            raise Untranslatable("parameters by keyword only")
        # What is given by keyword, as `Keywords`, comes last.
        more = [args.vararg] if args.vararg else []
        return ", ".join(
            [*parts, *(_safe(argument.arg) for argument in args.kwonlyargs), *(f"...{_safe(one.arg)}" for one in more)]
        )

    # Statements.

    def body(self, statements: Iterable[ast.stmt]) -> str:
        return "\n".join(filter(None, map(self.statement, statements)))

    def block(self, statements: Iterable[ast.stmt]) -> str:
        return f"{{\n{self.body(statements)}\n}}"

    def statement(self, node: ast.stmt) -> str:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Assert():
                return ""
            case ast.Expr(value=ast.Yield(value=value)):
                return f"yield {self.expression(value)};" if value else "yield null;"
            case ast.Expr(value=value):
                return f"{self.expression(value)};"
            case ast.Return(value=value):
                return f"return {self.expression(value) if value else 'null'};"
            case ast.Assign(targets=targets, value=value):
                text = self.expression(value)
                return "".join(f"{self.assignment(target, text)};" for target in targets)
            case ast.AnnAssign(target=target, value=value):
                return f"{self.assignment(target, self.expression(value))};" if value else ""
            case ast.AugAssign(target=target, op=kind, value=value):
                name = IN_PLACE.get(type(kind)) or OPERATORS[type(kind)]
                made = f"py.{name}({self.expression(_loaded(target))}, {self.expression(value)})"
                return f"{self.assignment(target, made)};"
            case ast.If(test=test, body=body, orelse=orelse):
                otherwise = f" else {self.block(orelse)}" if orelse else ""
                return f"if ({self.truth(test)}) {self.block(body)}{otherwise}"
            case ast.For(target=target, iter=given, body=body, orelse=[]):
                return f"for ({self.target(target)} of {self.expression(given)}) {self.block(body)}"
            case ast.While(test=test, body=body, orelse=[]):
                return f"while ({self.truth(test)}) {self.block(body)}"
            case ast.Break():
                return "break;"
            case ast.Continue():
                return "continue;"
            case ast.Raise(exc=error):
                return f"throw {self.error(error)};"
            case ast.With(items=items, body=body) if all(_is_errstate(item) for item in items):
                return self.body(body)
            case ast.Try(body=body, handlers=handlers, orelse=[], finalbody=[]):
                if all(isinstance(handler.body[-1], ast.Raise) for handler in handlers):
                    return self.body(body)
                if len(handlers) > 1:
                    raise Untranslatable("several exceptions")
                error_name = handlers[0].name
                caught = f" ({_safe(error_name)})" if error_name else ""
                self.scopes.append({error_name} if error_name else set())
                handled = self.block(handlers[0].body)
                self.scopes.pop()
                return f"try {self.block(body)} catch{caught} {handled}"
            case ast.FunctionDef(name=inner, args=args):
                return f"{_safe(inner)} = {self.definition(node, '', [self.expression(one) for one in args.defaults])};"
            case ast.ImportFrom() | ast.Import():
                self.imported(node)
                return ""
            case _:
                raise Untranslatable(f"the statement {type(node).__name__}")

    def imported(self, node: ast.ImportFrom | ast.Import) -> None:
        """What an import inside of the function gives it is known as what its module has is."""
        for alias in node.names:
            name = alias.asname or alias.name
            if isinstance(node, ast.Import):
                self.outer[name] = importlib.import_module(alias.name if alias.asname else alias.name.partition(".")[0])
            else:
                path = f"{'.' * node.level}{node.module or ''}"
                self.outer[name] = getattr(importlib.import_module(path, self.outer["__package__"]), alias.name)
            self.scopes[-1].discard(name)

    def error(self, node: ast.expr | None) -> str:
        """An exception, with what it says if that can be said."""
        if not isinstance(node, ast.Call):
            name = node.id if isinstance(node, ast.Name) else "Error"
            return f"new PythonError({json.dumps(name)})"
        name = node.func.id if isinstance(node.func, ast.Name) else "Error"
        try:
            said = self.expression(node.args[0]) if node.args else '""'
        except Untranslatable:
            said = '""'
        return f"new PythonError({json.dumps(name)}, {said})"

    def assignment(self, target: ast.expr, value: str) -> str:
        match target:
            case ast.Subscript(value=owner, slice=key):
                return f"py.set({self.expression(owner)}, {self.expression(key)}, {value})"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                starred = [i for i, part in enumerate(parts) if isinstance(part, ast.Starred)]
                if not starred:
                    return f"{self.target(target)} = [...{value}]"
                names = ", ".join(self.target(p.value if isinstance(p, ast.Starred) else p) for p in parts)
                return f"[{names}] = py.starred({value}, {starred[0]}, {len(parts) - starred[0] - 1})"
            case ast.Name() | ast.Attribute():
                return f"{self.target(target)} = {value}"
            case _:
                raise Untranslatable("such a target")

    def target(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return _safe(name)
            case ast.Attribute(value=owner, attr=name):
                return f"{self.expression(owner)}.{name}"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.target, parts))}]"
            case _:
                raise Untranslatable("such a target")

    # Expressions.

    def truth(self, node: ast.expr) -> str:
        return f"py.truth({self.expression(node)})"

    def expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=value):
                return self.translation.constant(value)
            case ast.Name(id=name):
                return self.name(name)
            case ast.BinOp(left=left, op=kind, right=right):
                return f"py.{OPERATORS[type(kind)]}({self.expression(left)}, {self.expression(right)})"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!{self.truth(operand)}"
            case ast.UnaryOp(op=kind, operand=operand):
                return f"py.{OPERATORS[type(kind)]}({self.expression(operand)})"
            case ast.BoolOp(op=kind, values=values):
                return self.either(isinstance(kind, ast.And), values)
            case ast.Compare(left=left, ops=kinds, comparators=others):
                return self.comparison(left, kinds, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"({self.truth(test)} ? {self.expression(body)} : {self.expression(orelse)})"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.expression, parts))}]"
            case ast.Starred(value=value):
                return f"...{self.expression(value)}"
            case ast.Subscript(value=value, slice=key):
                return f"py.get({self.expression(value)}, {self.expression(key)})"
            case ast.Slice(lower=lower, upper=upper, step=step):
                bounds = ", ".join(
                    "null" if bound is None else self.expression(bound) for bound in (lower, upper, step)
                )
                return f"new Slice({bounds})"
            case ast.Attribute():
                return self.attribute(node)
            case ast.Call():
                return self.call(node)
            case ast.Lambda(args=args):
                text = self.definition(node, "", [self.expression(one) for one in args.defaults])
                return f"({text})"
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                made = self.comprehension(node.elt, node.generators)
                return f"py.set_({made})" if isinstance(node, ast.SetComp) else made
            case ast.NamedExpr(target=target, value=value):
                return f"({self.target(target)} = {self.expression(value)})"
            case ast.JoinedStr(values=values):
                return f"[{', '.join(map(self.formatted, values))}].join('')"
            case ast.Set(elts=parts):
                return f"[{', '.join(map(self.expression, parts))}]"
            case ast.Dict(keys=keys, values=values) if all(k is None or isinstance(k, ast.Constant) for k in keys):
                named = [f"{json.dumps(str(key.value))}: " if isinstance(key, ast.Constant) else "..." for key in keys]
                pairs = [f"{name}{self.expression(value)}" for name, value in zip(named, values)]
                return f"{{{', '.join(pairs)}}}"
            case _:
                raise Untranslatable(f"the expression {type(node).__name__}")

    def formatted(self, node: ast.expr) -> str:
        if not isinstance(node, ast.FormattedValue):
            return self.expression(node)
        how = node.format_spec
        if how is None:
            return f"py.str({self.expression(node.value)})"
        return f"py.format({self.expression(node.value)}, {self.expression(how)})"

    def name(self, name: str) -> str:
        if any(name in scope for scope in self.scopes):
            return _safe(name)
        if name in self.outer:
            return self.outside(self.outer[name], name)
        if hasattr(builtins, name):
            return self.translation.constant(getattr(builtins, name))
        raise Untranslatable(f"the name {name}")

    def outside(self, value: Any, name: str) -> str:
        try:
            return self.translation.constant(value)
        except Untranslatable:
            # It may never be reached, as what is only for a dtype that JavaScript doesn't have.
            return f"missing({json.dumps(name)})"

    def static(self, node: ast.expr) -> Any:
        """What a dotted name means, if that is known without running anything: else None."""
        if isinstance(node, ast.Name):
            return None if any(node.id in scope for scope in self.scopes) else self.outer.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.static(node.value)
            if isinstance(owner, (ModuleType, np.ufunc, Op)) or (
                isinstance(owner, type) and owner.__module__ == "numpy"
            ):
                return getattr(owner, node.attr, None)
        return None

    def attribute(self, node: ast.Attribute) -> str:
        owner = self.static(node.value)
        if node.attr == "twin":
            # It stands for the kernel already.
            return self.expression(node.value)
        if isinstance(owner, Op):
            return f"{self.translation.op(owner)}.{node.attr}"
        if isinstance(owner, (ModuleType, np.ufunc)):
            path = self.path(node)
            if path is not None:
                return path if path in DEFINED else f"missing({json.dumps(path)})"
            return self.outside(getattr(owner, node.attr), node.attr)
        return f"{self.expression(node.value)}.{node.attr}"

    def path(self, node: ast.expr) -> str | None:
        """``np.add.reduce`` and the like, as JavaScript has it."""
        if isinstance(node, ast.Name):
            owner = self.static(node)
            if isinstance(owner, ModuleType):
                return MODULES.get(owner.__name__)
            return path_of(owner) if isinstance(owner, np.ufunc) else None
        if isinstance(node, ast.Attribute):
            before = self.path(node.value)
            return None if before is None else f"{before}.{node.attr}"
        return None

    def call(self, node: ast.Call) -> str:
        target = self.static(node.func)
        bound = self.bound(target, node)
        if bound is not None:
            return f"{self.expression(node.func)}({', '.join(bound)})"
        given = [self.expression(argument) for argument in node.args]
        if node.keywords:
            pairs = ", ".join(
                f"{f'{keyword.arg}: ' if keyword.arg else '...'}{self.expression(keyword.value)}"
                for keyword in node.keywords
            )
            given.append(f"new Keywords({{ {pairs} }})")
        if isinstance(node.func, ast.Attribute) and target is None and node.func.attr in METHODS:
            owner = self.expression(node.func.value)
            return f"py.method({', '.join([owner, json.dumps(node.func.attr), *given])})"
        return f"{self.expression(node.func)}({', '.join(given)})"

    def bound(self, target: Any, node: ast.Call) -> list[str] | None:
        """The arguments of a call of a known function in their places, where some are given by name."""
        if not node.keywords or target in (None, divided):
            return [self.expression(argument) for argument in node.args] if target is divided else None
        if any(keyword.arg is None for keyword in node.keywords):
            return None
        function = target.twin if hasattr(target, "twin") else target
        if not isinstance(function, FunctionType) or any(isinstance(one, ast.Starred) for one in node.args):
            return None
        names = list(inspect.signature(function).parameters)
        made = [self.expression(argument) for argument in node.args]
        for keyword in node.keywords:
            if keyword.arg not in names:
                raise Untranslatable(f"the keyword {keyword.arg}")
            place = names.index(keyword.arg)
            made += ["undefined"] * (place + 1 - len(made))
            made[place] = self.expression(keyword.value)
        return made

    def either(self, both: bool, values: Sequence[ast.expr]) -> str:
        first, *rest = values
        text = self.expression(first)
        for other in rest:
            # The value that decided is the result, as in Python.
            right = self.expression(other)
            text = f"(((it) => (py.truth(it) ? {right if both else 'it'} : {'it' if both else right}))({text}))"
        return text

    def comparison(self, left: ast.expr, kinds: Sequence[ast.cmpop], others: Sequence[ast.expr]) -> str:
        parts = []
        for kind, right in zip(kinds, others):
            a, b = self.expression(left), self.expression(right)
            match kind:
                case ast.Is():
                    parts.append(f"({a} === {b})")
                case ast.IsNot():
                    parts.append(f"({a} !== {b})")
                case ast.In():
                    parts.append(f"py.contains({b}, {a})")
                case ast.NotIn():
                    parts.append(f"!py.contains({b}, {a})")
                case _:
                    parts.append(f"py.{OPERATORS[type(kind)]}({a}, {b})")
            left = right
        if len(parts) == 1:
            return parts[0]
        return f"({' && '.join(f'py.truth({part})' for part in parts)})"

    def comprehension(self, made: ast.expr, generators: Sequence[ast.comprehension]) -> str:
        first, *rest = generators
        over = self.expression(first.iter)
        self.scopes.append({name.id for name in ast.walk(first.target) if isinstance(name, ast.Name)})
        try:
            target = self.target(first.target)
            kept = "".join(f".filter(({target}) => {self.truth(test)})" for test in first.ifs)
            inner = self.comprehension(made, rest) if rest else self.expression(made)
            step = "flatMap" if rest else "map"
            # An object in braces would be taken for a block.
            return f"[...{over}]{kept}.{step}(({target}) => ({inner}))"
        finally:
            self.scopes.pop()


def _safe(name: str) -> str:
    return f"{name}$" if name in RESERVED else name


def _is_errstate(item: ast.withitem) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "errstate"


def _loaded(target: ast.expr) -> ast.expr:
    """What is assigned to, as what is read."""
    match target:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Subscript(value=value, slice=key):
            return ast.Subscript(value, key, ast.Load())
        case ast.Attribute(value=value, attr=name):
            return ast.Attribute(value, name, ast.Load())
        case _:
            raise Untranslatable("such a target")


def _all_arguments(args: ast.arguments) -> list[ast.arg]:
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]


def _assigned(node: Definition) -> set[str]:
    """The names that belong to a function: its parameters, and what it assigns, without those of functions inside."""
    found = {argument.arg for argument in _all_arguments(node.args)}
    waiting: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    while waiting:
        one = waiting.pop()
        match one:
            case ast.FunctionDef(name=name):
                found.add(name)
                continue
            case ast.Lambda():
                continue
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(alias.asname or alias.name for alias in names)
        waiting += ast.iter_child_nodes(one)
    return found
