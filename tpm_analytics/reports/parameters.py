"""The contract of a notebook's parameters cell: `name: type = default  # help`, one a line."""

from __future__ import annotations

import ast
import io
import math
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import nbformat

from tpm_analytics.errors import ParameterError, ReportError, meant

TAG = "parameters"
FORM = "write each as: name: type = default  # help"
TYPES = {"str": str, "int": int, "float": float, "bool": bool}
_MEANT = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What values a parameter takes.

    Attributes
    ----------
    base
        ``str``, ``int``, ``float`` or ``bool``.
    many
        Whether it takes a list of them.
    optional
        Whether it takes None.
    choices
        The only values it takes; empty if any of its type will do.
    """

    base: str
    many: bool = False
    optional: bool = False
    choices: tuple[object, ...] = ()

    def __str__(self) -> str:
        one = f"one of {', '.join(map(str, self.choices))}" if self.choices else _MEANT[self.base]
        several = f"a list, each {one}" if self.many else one
        return f"{several}, or none" if self.optional else several


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One line of a parameters cell."""

    name: str
    kind: Kind
    default: object
    help: str


def declared(notebook: nbformat.NotebookNode, name: str) -> dict[str, Parameter]:
    """Return the parameters that `notebook` declares, by name; none without a parameters cell.

    Raises
    ------
    ReportError
        For a line of another form. Papermill would skip it, and run on the default.
    """
    tagged = [cell for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    if not tagged:
        return {}
    if len(tagged) > 1:
        raise ReportError(f"{name} has {len(tagged)} cells tagged {TAG}.", hint="keep one of them")
    source = tagged[0].source
    try:
        statements = ast.parse(source).body
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        said = f"{error.msg} in line {error.lineno}" if isinstance(error, SyntaxError) else error
        raise ReportError(
            f"{name}: its parameters cell is no Python: {said}.", hint=FORM
        ) from error
    lines = source.splitlines()
    found: dict[str, Parameter] = {}
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "typing":
            continue
        line = lines[statement.lineno - 1]
        parameter = _parameter(statement, line, comments.get(statement.lineno, ""), name)
        if parameter.name in found:
            raise ReportError(f"{name} declares the parameter {parameter.name} twice.")
        found[parameter.name] = parameter
    return found


def resolve(
    known: Mapping[str, Parameter], values: Mapping[str, object], *, where: str
) -> dict[str, Any]:
    """Check typed `values` (from `tpm.toml`, from code) against the declared parameters.

    Raises
    ------
    ParameterError
        For a name that is not declared and for a value of another type.
    """
    for name in values:
        _require(known, name, where)
    return {name: _typed(known[name], value, where) for name, value in values.items()}


def from_text(
    known: Mapping[str, Parameter], texts: Mapping[str, str], *, where: str
) -> dict[str, Any]:
    """Read values typed on a command line as what the parameters declare; lists have commas.

    Raises
    ------
    ParameterError
        For a name that is not declared and for text that is no value of its type.
    """
    for name in texts:
        _require(known, name, where)
    return {name: _read(known[name], text, where) for name, text in texts.items()}


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _parameter(statement: ast.stmt, line: str, comment: str, name: str) -> Parameter:
    place = f"{name}: its parameters cell says {line.strip()!r}"
    if (
        not isinstance(statement, ast.AnnAssign)
        or not isinstance(statement.target, ast.Name)
        or statement.value is None
    ):
        raise ReportError(f"{place}, which is no parameter.", hint=FORM)
    if statement.end_lineno != statement.lineno:
        raise ReportError(f"{place}, which goes on over several lines.", hint=FORM)
    if line.count("=") > 1:
        raise ReportError(
            f"{place}, with a second '=': papermill would leave this line out.",
            hint="say it without another equals sign",
        )
    if ";" in line.removesuffix(comment):
        raise ReportError(f"{place}, with a semicolon.", hint=FORM)
    kind = _kind(statement.annotation)
    if kind is None:
        raise ReportError(
            f"{place}, whose type cannot be typed on a command line.",
            hint="use str, int, float, bool, Literal[...], a list of these, or one of these | None",
        )
    try:
        default = ast.literal_eval(statement.value)
    except ValueError as error:
        raise ReportError(f"{place}, whose default is not a plain value.", hint=FORM) from error
    if not _fits(kind, default):
        raise ReportError(f"{place}, but its default is not {kind}.")
    return Parameter(name=statement.target.id, kind=kind, default=default, help=comment)


def _kind(annotation: ast.expr) -> Kind | None:
    kind = None
    match annotation:
        case ast.Constant(value=str(text)):
            kind = _kind(ast.parse(text, mode="eval").body)
        case ast.Name(id=base) if base in TYPES:
            kind = Kind(base=base)
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            one = _kind(item)
            if one and not one.many and not one.optional:
                kind = replace(one, many=True)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            kind = _choice(choices)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            one = _kind(left)
            kind = one and replace(one, optional=True)
    return kind


def _choice(choices: ast.expr) -> Kind | None:
    listed: Sequence[ast.expr] = choices.elts if isinstance(choices, ast.Tuple) else [choices]
    values = [item.value for item in listed if isinstance(item, ast.Constant)]
    names = {type(value).__name__ for value in values}
    if len(values) != len(listed) or len(names) != 1 or not names <= set(TYPES):
        return None
    return Kind(base=names.pop(), choices=tuple(values))


def _fits(kind: Kind, value: object) -> bool:
    if value is None:
        return kind.optional
    if kind.many:
        return isinstance(value, list) and all(_fits_one(kind, item) for item in value)
    return _fits_one(kind, value)


def _fits_one(kind: Kind, value: object) -> bool:
    wanted = (float, int) if kind.base == "float" else (TYPES[kind.base],)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind.base != "bool"):
        return False
    return not kind.choices or value in kind.choices


def _require(known: Mapping[str, Parameter], name: str, where: str) -> None:
    if name in known:
        return
    if not known:
        raise ParameterError(
            f"{where} has no parameter {name}, nor any other: no cell tagged {TAG} declares one.",
            hint=f"tag the cell that does in JupyterLab (property inspector, {TAG}); {FORM}",
        )
    raise ParameterError(
        f"{where} has no parameter {name}.{meant(name, known)} It takes: {', '.join(known)}."
    )


def _typed(parameter: Parameter, value: object, where: str) -> object:
    if isinstance(value, date) and parameter.kind.base == "str":
        value = value.isoformat()
    if not _fits(parameter.kind, value):
        raise _misfit(parameter, value, where)
    return value


def _read(parameter: Parameter, text: str, where: str) -> object:
    kind = parameter.kind
    if kind.optional and text.strip().lower() in {"", "none"}:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()] if kind.many else [text]
    try:
        values = [_scalar(kind.base, part) for part in parts]
    except (ValueError, KeyError) as error:
        raise _misfit(parameter, text, where) from error
    value = values if kind.many else values[0]
    if not _fits(kind, value):
        raise _misfit(parameter, text, where)
    return value


def _scalar(base: str, text: str) -> object:
    if base == "bool":
        return _WORDS[text.strip().lower()]
    if base == "str":
        return text
    value = TYPES[base](text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _misfit(parameter: Parameter, value: object, where: str) -> ParameterError:
    choices = [str(choice) for choice in parameter.kind.choices]
    return ParameterError(
        f"{where}: {parameter.name}={value} is not {parameter.kind}.{meant(value, choices)}",
        hint=f"{parameter.name}: {parameter.help}" if parameter.help else None,
    )
