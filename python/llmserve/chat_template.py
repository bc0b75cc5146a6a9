"""A chat template: compiled once, rendered with checked messages.

What a template may do is in template_sandbox.py; how its output becomes token ids, in tokenizer.py.
"""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import nodes

from .template_sandbox import Budget, ChatEnvironment, TemplateLimitError, TemplateLimits

Message = dict[str, Any]

_MAX_SOURCE_CHARS = 1_000_000
_MAX_DEPTH = 64  # of lists and objects within messages, tools and variables
_TEXT_PARTS = ("text", "input_text", "output_text")


class ChatTemplate:
    """A Jinja template of chats.

    content_format: "string" or "openai" (a message's content is a list of parts); what the template
    loops over tells which, as in vLLM.
    Raises ValueError where the template is not valid.
    """

    def __init__(self, source: str, limits: TemplateLimits | None = None) -> None:
        if len(source) > _MAX_SOURCE_CHARS:
            raise ValueError(
                f"The chat template has {len(source)} characters; at most {_MAX_SOURCE_CHARS} are "
                "allowed."
            )
        self.source = source
        self._environment = ChatEnvironment(limits or TemplateLimits())
        try:
            self._template = self._environment.from_string(source)
            tree = self._environment.parse(source)
        except (jinja2.TemplateError, RecursionError, MemoryError, SyntaxError) as error:
            raise ValueError(f"The chat template is not valid: {_reason(error)}") from error
        self.content_format = "openai" if _loops_over_content(tree) else "string"
        self._takes_both = any(test.name == "string" for test in tree.find_all(nodes.Test))
        self._asks_for_none = _tests_content_for_none(tree)

    def render(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Mapping[str, Any]] | None = None,
        documents: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        variables: Mapping[str, Any] | None = None,
    ) -> str:
        """The text of a chat. messages: as prepare() gives them.

        variables: further names that the template may read, such as bos_token or enable_thinking.
        Raises ValueError with the template's own complaint, or where it goes over a limit.
        """
        tag = ""
        if continue_final_message:
            if add_generation_prompt:
                raise ValueError(
                    "continue_final_message and add_generation_prompt are both true; a chat either "
                    "continues its last message or begins a new one."
                )
            messages, tag = _tag_final_message(messages)
        text = self._run(
            {
                **(variables or {}),
                "messages": messages,
                "tools": tools,
                "documents": documents,
                "add_generation_prompt": add_generation_prompt,
            }
        )
        return _cut_at_tag(text, tag) if tag else text

    def prepare(self, messages: Sequence[Mapping[str, Any]]) -> list[Message]:
        """Messages in the form that the template wants; the caller's are not touched.

        Content that is null becomes "", text parts are joined by newlines for a template that takes
        strings, and the arguments of tool calls become objects. Raises ValueError.
        """
        if not messages:
            raise ValueError("messages is empty; a chat needs at least one message.")
        return [self._prepare_one(i, message) for i, message in enumerate(messages)]

    def _prepare_one(self, index: int, message: Mapping[str, Any]) -> Message:
        where = f"messages[{index}]"
        if not isinstance(message, Mapping):
            raise ValueError(
                f"{where} is {type(message).__name__}; each message must be an object."
            )
        if not isinstance(message.get("role"), str):
            raise ValueError(f"{where}.role is missing or not a string.")
        plain: Message = plain_data({k: v for k, v in message.items() if v is not None}, where)
        plain = _with_reasoning_aliases(plain)
        if "tool_calls" in plain:
            plain["tool_calls"] = _with_parsed_arguments(plain["tool_calls"], where)
        content = plain.get("content")
        if content is None:
            # Some templates know a message of tool calls by its content being null.
            keep_null = self._asks_for_none and bool(plain.get("tool_calls"))
            plain["content"] = None if keep_null else ""
        elif isinstance(content, str):
            if self.content_format == "openai" and not self._takes_both:
                plain["content"] = [{"type": "text", "text": content}]
        elif isinstance(content, list):
            plain["content"] = self._prepare_parts(content, f"{where}.content")
        else:
            raise ValueError(f"{where}.content must be a string or a list of parts.")
        return plain

    def _prepare_parts(self, parts: list[Any], where: str) -> str | list[Any]:
        prepared: list[Any] = []
        for i, part in enumerate(parts):
            if isinstance(part, str):
                part = {"type": "text", "text": part}
            if not isinstance(part, dict) or not isinstance(part.get("type"), str):
                raise ValueError(f"{where}[{i}] must be an object with a type.")
            if part["type"] in _TEXT_PARTS:
                if not isinstance(part.get("text"), str):
                    raise ValueError(f"{where}[{i}].text is missing or not a string.")
                part = {**part, "type": "text"}
            elif self.content_format == "string":
                raise ValueError(
                    f"{where}[{i}].type is {part['type']!r}; this chat template takes text only."
                )
            prepared.append(part)
        if self.content_format == "string":
            return "\n".join(part["text"] for part in prepared)
        return prepared

    def _run(self, variables: dict[str, Any]) -> str:
        limit = self._environment.limits.max_chars
        variables[Budget.KEY] = Budget(self._environment.limits)
        pieces = []
        size = 0
        try:
            for piece in self._template.generate(variables):
                size += len(piece)
                if size > limit:
                    raise TemplateLimitError(f"puts out more than {limit} characters")
                pieces.append(piece)
        except RecursionError as error:
            raise ValueError("The chat template calls itself too deeply.") from error
        except Exception as error:  # whatever a template makes Python raise is the template's fault
            raise ValueError(f"The chat template failed: {_reason(error)}") from error
        return "".join(pieces)


@functools.lru_cache(maxsize=32)
def compile_chat_template(source: str) -> ChatTemplate:
    """The template of this source, compiled once. Raises ValueError."""
    return ChatTemplate(source)


def plain_data(value: Any, where: str, depth: int = 0) -> Any:
    """A copy of plain JSON types: no object with methods of its own reaches a template.

    Raises ValueError for other types and for data that is nested too deeply.
    """
    if depth > _MAX_DEPTH:
        raise ValueError(f"{where} is nested more than {_MAX_DEPTH} levels deep.")
    if value is None or isinstance(value, (bool, int, float, str)):
        if type(value) in (bool, int, float, str) or value is None:
            return value
        # A subclass (an enum, a number of numpy) may have methods; its base type has none to fear.
        if isinstance(value, str):
            return str.__str__(value)
        return float.__float__(value) if isinstance(value, float) else int.__int__(value)
    if isinstance(value, Mapping):
        return {str(k): plain_data(v, where, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(item, where, depth + 1) for item in value]
    raise ValueError(f"{where} holds a {type(value).__name__}; only JSON values are allowed.")


def _reason(error: BaseException) -> str:
    """One line: the message, or the kind of error where it has none."""
    text = " ".join(str(error).split()) or type(error).__name__
    line = getattr(error, "lineno", None)
    return f"{text} (line {line})" if line else text


def _with_reasoning_aliases(message: Message) -> Message:
    """The thought of an earlier turn goes by several names; templates read one of the first two."""
    for name in ("reasoning_content", "thinking", "reasoning"):
        if name in message:
            thought = message[name]
            return {"thinking": thought, **message, "reasoning_content": thought}
    return message


# Tool calls.


def _with_parsed_arguments(calls: Any, where: str) -> list[Any]:
    if not isinstance(calls, list):
        raise ValueError(f"{where}.tool_calls must be a list.")
    return [_parse_call(call, f"{where}.tool_calls[{i}]") for i, call in enumerate(calls)]


def _parse_call(call: Any, where: str) -> Any:
    """The wire has arguments as a string of JSON; templates expect an object."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        raise ValueError(f"{where}.function must be an object.")
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where}.function.arguments is not valid JSON: {error}") from error
    elif arguments is None:
        arguments = {}
    checked = plain_data(arguments, f"{where}.function.arguments")
    return {**call, "function": {**function, "arguments": checked}}


# The last message, left open.


def _tag_final_message(messages: Sequence[Message]) -> tuple[list[Message], str]:
    """Marks the end of the last message's text. The mark ends in a space: if the template keeps it,
    it keeps the text's own trailing space as well."""
    tag = f"<<{secrets.token_hex(16)}>> "
    final = dict(messages[-1])
    content = final.get("content")
    if isinstance(content, str):
        final["content"] = content + tag
    else:
        parts = list(content or [])
        texts = [i for i, part in enumerate(parts) if part.get("type") == "text"]
        if not texts:
            raise ValueError("continue_final_message is true, but the last message has no text.")
        parts[texts[-1]] = {**parts[texts[-1]], "text": parts[texts[-1]]["text"] + tag}
        final["content"] = parts
    return [*messages[:-1], final], tag


def _cut_at_tag(text: str, tag: str) -> str:
    place = text.rfind(tag.strip())
    if place < 0:
        raise ValueError(
            "continue_final_message is true, but the chat template leaves out the end of the last "
            "message."
        )
    kept = text.startswith(tag, place)
    return text[:place] if kept else text[:place].rstrip()


# What a template wants, read from its syntax tree.


def _is_content(node: nodes.Node, names: set[str]) -> bool:
    """Is this a message's content, perhaps under another name, filtered or sliced?"""
    if isinstance(node, nodes.Name):
        return node.name in names
    if isinstance(node, nodes.Getattr):
        return node.attr == "content"
    if isinstance(node, nodes.Getitem):
        if isinstance(node.arg, nodes.Const):
            return bool(node.arg.value == "content")
        return isinstance(node.arg, nodes.Slice) and _is_content(node.node, names)
    if isinstance(node, nodes.Filter):
        return node.node is not None and _is_content(node.node, names)
    return False


def _content_names(tree: nodes.Template) -> set[str]:
    names = {"content"}  # also the usual parameter of a macro
    for assign in tree.find_all(nodes.Assign):
        if isinstance(assign.target, nodes.Name) and _is_content(assign.node, names):
            names.add(assign.target.name)
    return names


def _loops_over_content(tree: nodes.Template) -> bool:
    names = _content_names(tree)
    return any(_is_content(loop.iter, names) for loop in tree.find_all(nodes.For))


def _tests_content_for_none(tree: nodes.Template) -> bool:
    names = _content_names(tree)
    return any(test.name == "none" and _is_content(test.node, names) for test in _tests(tree))


def _tests(tree: nodes.Template) -> Iterator[nodes.Test]:
    return tree.find_all(nodes.Test)
