"""The jinja2 environment of chat templates: what a template may call, and how much.

Templates come with models and are not trusted. The sandbox of jinja2 keeps them away from Python;
the budget here keeps them from using up time or memory.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import jinja2
import jinja2.ext
from jinja2 import nodes
from jinja2.filters import do_indent, do_join, do_replace
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace


@dataclass(frozen=True)
class TemplateLimits:
    """What one rendering may use."""

    max_chars: int = 16_000_000  # of the output, and of any string on the way to it
    max_printed: int = 64_000_000  # characters put out, also where the text is then caught again
    max_items: int = 1_000_000  # of any list, and of all values inside one value
    max_range: int = 100_000  # numbers in one range()
    max_steps: int = 2_000_000  # turns of loops and calls, all together
    max_seconds: float = 10.0


class TemplateLimitError(jinja2.TemplateError):
    """A template went over one of its limits."""


class Budget:
    """What one rendering has used so far."""

    KEY = "llmserve.budget"  # no name that a template can write

    def __init__(self, limits: TemplateLimits) -> None:
        self._limits = limits
        self._steps = 0
        self._printed = 0
        self._deadline = time.monotonic() + limits.max_seconds

    def step(self) -> None:
        """One turn of a loop or one call. Raises TemplateLimitError when there were too many."""
        self._steps += 1
        if self._steps > self._limits.max_steps:
            raise TemplateLimitError(f"takes more than {self._limits.max_steps} steps")
        if time.monotonic() > self._deadline:
            raise TemplateLimitError(f"takes more than {self._limits.max_seconds:g} seconds")

    def print(self, num_chars: int) -> None:
        """Text put out. Raises TemplateLimitError when it was too much."""
        self._printed += num_chars
        if self._printed > self._limits.max_printed:
            raise TemplateLimitError(f"prints more than {self._limits.max_printed} characters")


class ChatEnvironment(ImmutableSandboxedEnvironment):
    """jinja2 as chat templates expect it (the set of transformers), within limits."""

    # Every operator that can make something large out of something small.
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, limits: TemplateLimits) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[jinja2.ext.loopcontrols, _GenerationBlock],
            optimized=False,  # constants would be folded at compile time, outside any budget
            finalize=self._printable,
        )
        self.limits = limits
        for name in _UNBOUNDED_FILTERS:
            del self.filters[name]
        self.filters["tojson"] = self._tojson
        self.filters["string"] = self._string
        self.filters["join"] = self._join
        self.filters["replace"] = self._replace
        self.filters["indent"] = self._indent
        self.filters[_COUNTED] = _counted
        self.filters[_CONCAT] = self._concat
        del self.globals["lipsum"]
        self.globals["range"] = self._range
        self.globals["dict"] = _make_dict
        self.globals["namespace"] = _SafeNamespace
        self.globals["raise_exception"] = _raise_exception
        self.globals["strftime_now"] = _strftime_now

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        _guard(source)
        return super()._generate(source, *args, **kwargs)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _budget(context).step()
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str):
            if name in _PADDING_METHODS:
                self._check_widths((*args, *kwargs.values()))
            elif name == "replace" and len(args) >= 2:
                self._check_replace(owner, str(args[0]), str(args[1]))
            elif name == "join" and args:
                args = (self._checked_join(owner, args[0]), *args[1:])
            elif name == "translate":
                raise TemplateLimitError("may not call str.translate")
        return super().call(context, obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapper = super().wrap_str_format(value)
        if wrapper is not None:
            _check_format(value.__self__)
        return wrapper

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, Sized) and isinstance(right, Sized):
            self._check_length(len(left) + len(right), left)
        elif operator == "*":
            for items, times in ((left, right), (right, left)):
                if isinstance(items, (str, list, tuple)) and isinstance(times, int):
                    self._check_length(len(items) * max(times, 0), items)
        elif operator == "**":
            if isinstance(left, int) and isinstance(right, int):
                if left.bit_length() * abs(right) > 4096:
                    raise TemplateLimitError("computes too large a number")
        elif operator == "%" and isinstance(left, str):
            _check_format(left)
            self._check_value(right)
        return super().call_binop(context, operator, left, right)

    # Sizes.

    def _check_length(self, length: int, kind: object) -> None:
        limit = self.limits.max_chars if isinstance(kind, str) else self.limits.max_items
        if length > limit:
            what = "characters" if isinstance(kind, str) else "items"
            raise TemplateLimitError(f"makes a value of more than {limit} {what}")

    def _check_value(self, value: Any) -> None:
        """Bounds a value as if printed: a small list may hold itself many times over."""
        chars = items = 0
        stack = [value]
        while stack:
            item = stack.pop()
            items += 1
            if isinstance(item, str):
                chars += len(item)
            elif isinstance(item, dict):
                stack.extend(item.keys())
                stack.extend(item.values())
            elif isinstance(item, (list, tuple)):
                stack.extend(item)
            if items + len(stack) > self.limits.max_items or chars > self.limits.max_chars:
                raise TemplateLimitError("prints too large a value")

    def _check_widths(self, arguments: Iterable[Any]) -> None:
        for argument in arguments:
            if isinstance(argument, int) and argument > _MAX_WIDTH:
                raise TemplateLimitError(f"pads a text to more than {_MAX_WIDTH} characters")

    def _check_replace(self, text: str, old: str, new: str) -> None:
        growth = text.count(old) * max(len(new) - len(old), 0)
        self._check_length(len(text) + growth, text)

    def _checked_join(self, separator: str, values: Iterable[Any]) -> list[Any]:
        items = list(values)
        self._check_value(items)
        self._check_length(len(separator) * len(items), separator)
        return items

    # Filters and functions.

    @jinja2.pass_context
    def _printable(self, context: Context, value: Any) -> Any:
        if isinstance(value, (list, tuple, dict)):
            self._check_value(value)
        text = str(value)
        _budget(context).print(len(text))
        return text

    def _string(self, value: Any) -> str:
        self._check_value(value)
        return str(value)

    def _concat(self, values: list[Any]) -> str:
        self._check_value(values)
        return "".join(map(str, values))

    def _tojson(
        self,
        value: Any,
        ensure_ascii: bool = False,
        indent: int | str | None = None,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        # Unlike jinja2's own: no HTML escapes, and the options that templates use.
        self._check_value(value)
        self._check_widths((indent, len(indent) if isinstance(indent, str) else 0))
        return json.dumps(
            value,
            ensure_ascii=ensure_ascii,
            indent=indent,
            separators=separators,
            sort_keys=sort_keys,
        )

    @jinja2.pass_eval_context
    def _join(
        self, context: Any, value: Iterable[Any], d: str = "", attribute: str | int | None = None
    ) -> str:
        return str(do_join(context, self._checked_join(str(d), value), d, attribute))

    @jinja2.pass_eval_context
    def _replace(self, context: Any, s: Any, old: Any, new: Any, count: int | None = None) -> str:
        self._check_replace(str(s), str(old), str(new))
        return do_replace(context, s, old, new, count)

    def _indent(
        self, s: str, width: int | str = 4, first: bool = False, blank: bool = False
    ) -> str:
        size = len(width) if isinstance(width, str) else width
        self._check_widths((size,))
        self._check_length(len(s) + size * (s.count("\n") + 1), s)
        return do_indent(s, width, first, blank)

    def _range(self, *bounds: int) -> range:
        numbers = range(*bounds)
        if len(numbers) > self.limits.max_range:
            raise TemplateLimitError(
                f"asks for a range of {len(numbers)} numbers; at most {self.limits.max_range} are "
                "allowed"
            )
        return numbers


_COUNTED = "llmserve.counted"
_CONCAT = "llmserve.concat"
_MAX_WIDTH = 1000
_PADDING_METHODS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
# No chat template needs these, and each can make a long text of a short one.
_UNBOUNDED_FILTERS = (
    "center", "format", "pprint", "urlize", "wordwrap", "xmlattr", "filesizeformat", "random"
)  # fmt: skip
_WIDE_FORMAT = re.compile(r"\d{4}|\*|\{[^}]*\{")  # a width of thousands, or one from an argument


def _check_format(text: str) -> None:
    if _WIDE_FORMAT.search(text):
        raise TemplateLimitError("formats with a width that is too large or computed")


def _guard(template: nodes.Template) -> None:
    """Puts every loop under the budget and every `~` under the size limit."""
    for loop in template.find_all(nodes.For):
        # The fixed text of a turn is put out without passing finalize.
        chars = sum(len(data.data) for part in loop.body for data in _texts(part))
        size: list[nodes.Expr] = [nodes.Const(chars, lineno=loop.lineno)]
        loop.iter = nodes.Filter(loop.iter, _COUNTED, size, [], None, None, lineno=loop.lineno)
    # Inner ones first, or a parent would keep the node that was replaced.
    _replace_concats(template)


def _texts(node: nodes.Node) -> Iterator[nodes.TemplateData]:
    if isinstance(node, nodes.TemplateData):
        yield node
    yield from node.find_all(nodes.TemplateData)


def _replace_concats(node: nodes.Node) -> None:
    for name, value in node.iter_fields():
        if isinstance(value, list):
            for i, child in enumerate(value):
                if isinstance(child, nodes.Node):
                    _replace_concats(child)
                    value[i] = _without_concat(child)
        elif isinstance(value, nodes.Node):
            _replace_concats(value)
            setattr(node, name, _without_concat(value))


def _without_concat(node: nodes.Node) -> nodes.Node:
    if not isinstance(node, nodes.Concat):
        return node
    values = nodes.List(node.nodes, lineno=node.lineno)
    return nodes.Filter(values, _CONCAT, [], [], None, None, lineno=node.lineno)


def _budget(context: Context) -> Budget:
    budget: Budget = context.parent[Budget.KEY]
    return budget


@jinja2.pass_context
def _counted(context: Context, values: Iterable[Any], chars: int) -> Iterator[Any]:
    budget = _budget(context)
    for value in values:
        budget.step()
        budget.print(chars)
        yield value


class _GenerationBlock(jinja2.ext.Extension):
    """`{% generation %}` marks what the assistant wrote, for training; here it is just its body."""

    tags = {"generation"}  # noqa: RUF012 (so in the base class)

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


class _SafeNamespace(Namespace):
    """jinja2's namespace() without underscore names."""

    def __init__(*args: Any, **kwargs: Any) -> None:  # the template may name an attribute "self"
        for name in dict(*args[1:], **kwargs):
            _refuse_underscore(name)
        Namespace.__init__(*args, **kwargs)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_underscore(name)
        super().__setitem__(name, value)


def _refuse_underscore(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"sets {name!r}: underscore names are not allowed")


def _make_dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    # The type itself would show a template more than the call does.
    return dict(*args, **kwargs)


def _raise_exception(message: object = "") -> NoReturn:
    raise jinja2.TemplateError(str(message))


def _strftime_now(format: str) -> str:
    _check_format(format)
    return datetime.now().strftime(format)
