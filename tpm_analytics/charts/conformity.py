"""Charts held against their schema at once, wherever it is sure what jsonschema would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator, validators

# where Altair says the whole schema is
_ROOT = "urn:vega-lite-schema"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
_PLAIN = frozenset(kind for kinds in _TYPES.values() for kind in kinds)
# what a schema says of itself, not of what is held against it
_SAID = frozenset({"$schema", "default", "definitions", "description", "examples", "title"})


def enable() -> None:
    """Let jsonschema ask `holds` first when Altair has it look at a chart or a part of one.

    A chart that does not hold is looked at by jsonschema as before, which tells what is wrong.
    """
    quick = validators.extend(Draft7Validator, {"$ref": _reference})
    validators.validates("draft7")(quick)


def holds(value: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    """Return whether `value` is as `schema` says; False also where there is any doubt.

    Parameters
    ----------
    value
        A chart as a dictionary, or any part of one.
    schema
        What it is to be: JSON Schema, draft 7.
    root
        The schema in whose ``definitions`` references are found.

    Notes
    -----
    jsonschema makes a validator for every value that it meets, each row of data included: two
    thirds of the time that Altair takes to tell a chart. No word of a schema that is known here
    turns False into True, so doubt about a part never lets a whole pass.

    Examples
    --------
    >>> root = {"definitions": {"Size": {"type": "number", "minimum": 0}}}
    >>> sizes = {"type": "array", "items": {"$ref": "#/definitions/Size"}}
    >>> holds([1, 2.5], sizes, root), holds([1, -1], sizes, root), holds([1, "2"], sizes, root)
    (True, False, False)
    """
    while type(schema) is dict and "$ref" in schema:  # beside which draft 7 heeds nothing
        schema = root["definitions"].get(schema["$ref"].removeprefix("#/definitions/"), False)
    if type(schema) is not dict or type(value) not in _PLAIN:
        return schema is True
    for word, said in schema.items():
        if word not in _SAID and (
            word not in _WORDS or not _WORDS[word](value, said, schema, root)
        ):
            return False
    return True


def _reference(
    validator: Any, reference: str, value: Any, schema: Mapping[str, Any]
) -> Iterator[Any]:
    if reference.startswith(_ROOT):
        found = validator._resolver.lookup(reference)
        if holds(value, found.contents, found.resolver.lookup(_ROOT).contents):
            return
    yield from Draft7Validator.VALIDATORS["$ref"](validator, reference, value, schema)


def _type(value: Any, said: str | list[str]) -> bool:
    return any(type(value) in _TYPES[one] for one in ([said] if isinstance(said, str) else said))


def _among(value: Any, said: list[Any]) -> bool:
    """Whether it is one of a list; 1 is neither 1.0 nor True here, which is doubt enough."""
    return any(type(one) is type(value) and one == value for one in said)


def _others(value: Any, said: Any, schema: Any, root: Any) -> bool:
    if type(value) is not dict:
        return True
    known = schema.get("properties", {})
    others = [held for name, held in value.items() if name not in known]
    return all(holds(one, said, root) for one in others)


def _properties(value: Any, said: Any, root: Any) -> bool:
    return type(value) is not dict or all(
        name not in said or holds(held, said[name], root) for name, held in value.items()
    )


def _items(value: Any, said: Any, root: Any) -> bool:
    return type(value) is not list or all(holds(one, said, root) for one in value)


_Word = Callable[[Any, Any, Mapping[str, Any], Mapping[str, Any]], bool]
_WORDS: Mapping[str, _Word] = {
    "additionalProperties": _others,
    "anyOf": lambda value, said, _, root: any(holds(value, one, root) for one in said),
    "const": lambda value, said, *_: _among(value, [said]),
    "enum": lambda value, said, *_: _among(value, said),
    "items": lambda value, said, _, root: _items(value, said, root),
    "maxItems": lambda value, said, *_: type(value) is not list or len(value) <= said,
    "maximum": lambda value, said, *_: type(value) not in (int, float) or not value > said,
    "minItems": lambda value, said, *_: type(value) is not list or len(value) >= said,
    "minProperties": lambda value, said, *_: type(value) is not dict or len(value) >= said,
    "minimum": lambda value, said, *_: type(value) not in (int, float) or not value < said,
    "properties": lambda value, said, _, root: _properties(value, said, root),
    "required": lambda value, said, *_: type(value) is not dict or all(n in value for n in said),
    "type": lambda value, said, *_: _type(value, said),
}
