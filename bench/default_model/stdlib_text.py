"""Gathers the documentation of the running Python's standard library as plain text.

    python -m default_model.stdlib_text FILE

The docstrings of Python files are read from their source, so that nothing is imported but a fixed
list of modules that are written in C. The order is fixed: one Python gives one sequence.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import json
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

__all__ = ["documents"]

_SHORTEST = 40
_NO_DOCUMENTATION = {
    "__phello__",
    "__pycache__",
    "dist-packages",
    "ensurepip",
    "idle_test",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "site-packages",
    "test",
    "tests",
    "turtledemo",
}
# Python's own versions of modules, under the names by which they are imported.
_PUBLIC_NAMES = {"_collections_abc": "collections.abc", "_pydecimal": "decimal", "_pyio": "io"}
_OF_C = """
    _bisect _bz2 _collections _csv _datetime _decimal _functools _hashlib _heapq _io _json _lsprof
    _lzma _operator _pickle _random _socket _sqlite3 _ssl _struct _thread _weakref array atexit
    binascii cmath errno faulthandler fcntl gc grp itertools marshal math mmap posix pwd pyexpat
    readline resource select signal sys syslog termios time unicodedata zlib
""".split()
_TYPOGRAPHY = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "--"}
    | {"\u2026": "...", "\u00a0": " ", "\t": "    "}
)


def documents() -> Iterator[str]:
    """Topics of the language, then docstrings of files, then those of built-in and C modules.

    No document comes twice, even under another name: what a class inherits is told once.
    """
    seen: set[str] = set()
    for head, text in [*_topics(), *_of_files(), *_of_builtins()]:
        clean = _cleaned(text)
        if clean in seen or not _worth_reading(clean):
            continue
        seen.add(clean)
        yield f"{head}\n\n{clean}" if head else clean


def _topics() -> Iterator[tuple[str, str]]:
    topics = importlib.import_module("pydoc_data.topics").topics
    for name in sorted(topics):
        yield "", topics[name]


def _of_files() -> Iterator[tuple[str, str]]:
    root = Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        parts = [*path.relative_to(root).parts[:-1], path.stem]
        if parts[-1] == "__init__":
            parts.pop()
        if not parts or not all(_is_documented(part) for part in parts):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # a template, or a sample of another encoding
        name = ".".join(parts)
        yield from _of_tree(_PUBLIC_NAMES.get(name, name), tree)


def _is_documented(part: str) -> bool:
    """Whether a folder or module of the library holds documentation for its users."""
    if part in _NO_DOCUMENTATION or part.startswith(("_sysconfigdata", "test_", "config-")):
        return False
    return not part.startswith("_") or part in _PUBLIC_NAMES


def _of_tree(name: str, node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str]]:
    """What a module or class says of itself, then what its public members say."""
    text = ast.get_docstring(node, clean=False)
    if text:
        yield (f"module {name}" if isinstance(node, ast.Module) else f"class {name}"), text
    for member in _members(node.body):
        if member.name.startswith("_") and member.name != "__init__":
            continue
        inner = f"{name}.{member.name}"
        if isinstance(member, ast.ClassDef):
            yield from _of_tree(inner, member)
        elif text := ast.get_docstring(member, clean=False):
            yield f"{inner}({ast.unparse(member.args)})", text


def _members(
    body: list[ast.stmt],
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes and functions of a body, also those that it defines on some systems only."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, ast.If):
            yield from _members([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [one for handler in node.handlers for one in handler.body]
            yield from _members([*node.body, *handlers, *node.orelse])


def _of_builtins() -> Iterator[tuple[str, str]]:
    yield from _of_module("", builtins)
    for name in _OF_C:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue  # not on this system
        yield from _of_module(name.lstrip("_"), module)


def _of_module(name: str, module: ModuleType) -> Iterator[tuple[str, str]]:
    if text := inspect.getdoc(module):
        yield f"module {name or module.__name__}", text
    prefix = f"{name}." if name else ""
    for member in sorted(vars(module)):
        value = vars(module)[member]
        if member.startswith("_") or isinstance(value, ModuleType):
            continue
        if isinstance(value, type):
            yield from _of_class(prefix + member, value)
        elif callable(value) and (text := inspect.getdoc(value)):
            yield f"{prefix}{member}{_signature(value)}", text


def _of_class(name: str, cls: type) -> Iterator[tuple[str, str]]:
    if text := inspect.getdoc(cls):
        yield f"class {name}{_signature(cls)}", text
    for member in sorted(vars(cls)):
        value = vars(cls)[member]
        if member.startswith("_") or isinstance(value, type):
            continue
        if text := inspect.getdoc(value):
            yield f"{name}.{member}{_signature(value)}", text


def _signature(value: object) -> str:
    """The signature of a callable, or nothing where C code does not tell it."""
    try:
        return str(inspect.signature(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""


def _cleaned(text: str) -> str:
    """One indentation, ASCII's quotes and dashes, at most one blank line in a row."""
    text = inspect.cleandoc(text.translate(_TYPOGRAPHY))
    text = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _worth_reading(text: str) -> bool:
    """Long enough, nearly all ASCII, and not mostly a session of the interpreter."""
    if len(text) < _SHORTEST or sum(ord(one) > 126 for one in text) > len(text) // 200:
        return False
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    sessions = sum(line.startswith((">>>", "...", "+-", "|")) for line in lines)
    return sessions * 3 < len(lines)


def main() -> None:
    """Writes the documents to a file, as one JSON string a line."""
    texts = list(documents())
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.writelines(json.dumps(text) + "\n" for text in texts)
    print(f"{len(texts)} documents, {sum(map(len, texts))} characters")


if __name__ == "__main__":
    main()
