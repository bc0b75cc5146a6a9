"""Chat templates against transformers: output, places they come from, the form of messages."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import tokenizer_samples as samples
from chat_samples import CALL, CHATML, CHATS, LLAMA3, MISTRAL, PARTS, QWEN3, TEMPLATES, TOOLS
from llmserve.chat_template import ChatTemplate, compile_chat_template
from llmserve.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.save(
        tmp_path_factory.mktemp("chat"), samples.byte_level(), samples.BYTE_LEVEL_CONFIG
    )


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_dir(folder)


@pytest.fixture(scope="module")
def reference(folder: Path) -> Any:
    return pytest.importorskip("transformers").AutoTokenizer.from_pretrained(folder)


# Plain ChatML adds up content, which a message of tool calls does not have in transformers.
PAIRS = [pair for pair in itertools.product(TEMPLATES, CHATS) if pair != ("chatml", "tools")]


@pytest.mark.parametrize("template, chat", PAIRS)
def test_rendered_as_by_transformers(
    tokenizer: Tokenizer, reference: Any, template: str, chat: str
) -> None:
    source, messages = TEMPLATES[template], CHATS[chat]
    before = copy.deepcopy(messages)
    for tools in (None, TOOLS):
        for prompt in (True, False):
            options: dict[str, Any] = {"add_generation_prompt": prompt, "enable_thinking": False}
            expected = reference.apply_chat_template(
                messages, tools=tools, chat_template=source, tokenize=False, **options
            )
            given: dict[str, Any] = {"tools": tools, "chat_template": source, **options}
            assert tokenizer.apply_chat_template(messages, **given) == expected
            ids = reference(expected, add_special_tokens=False).input_ids
            assert tokenizer.render_and_encode(messages, **given) == ids
            assert tokenizer.render_chat(messages, **given) == (expected, ids)
    assert messages == before


@pytest.mark.parametrize("template", list(TEMPLATES))
@pytest.mark.parametrize("ending", ["So", "So ", "So \n", "\u4f60 <|im_e"])
def test_continued_final_message(
    tokenizer: Tokenizer, reference: Any, template: str, ending: str
) -> None:
    messages = [*CHATS["user"], {"role": "assistant", "content": ending}]
    given: dict[str, Any] = {
        "chat_template": TEMPLATES[template],
        "add_generation_prompt": False,
        "continue_final_message": True,
    }
    expected = reference.apply_chat_template(messages, tokenize=False, **given)
    assert tokenizer.apply_chat_template(messages, **given) == expected
    assert tokenizer.render_chat(messages, **given)[0] == expected


def test_continuing_needs_a_text_that_is_shown(tokenizer: Tokenizer) -> None:
    given: dict[str, Any] = {"chat_template": CHATML, "continue_final_message": True}
    with pytest.raises(ValueError, match="both true"):
        tokenizer.apply_chat_template(CHATS["user"], **given)
    given["add_generation_prompt"] = False
    given["chat_template"] = "{{ messages[0].role }}"
    with pytest.raises(ValueError, match="leaves out the end"):
        tokenizer.apply_chat_template(CHATS["user"], **given)
    image = [{"role": "user", "content": [{"type": "image"}]}]
    with pytest.raises(ValueError, match="no text"):
        tokenizer.apply_chat_template(image, **{**given, "chat_template": PARTS})


# Where templates come from.


def test_places_of_templates(tmp_path: Path) -> None:
    backend = samples.byte_level()

    def first(folder: Path, **given: Any) -> str:
        return Tokenizer.from_dir(folder).apply_chat_template(CHATS["user"], **given)

    samples.save(tmp_path, backend, samples.BYTE_LEVEL_CONFIG)
    with pytest.raises(ValueError, match="no chat template"):
        first(tmp_path)
    (tmp_path / "chat_template.json").write_text(json.dumps({"chat_template": "processor"}))
    assert first(tmp_path) == "processor"
    samples.save(tmp_path, backend, samples.BYTE_LEVEL_CONFIG, chat_template="config")
    assert first(tmp_path) == "config"
    named = [
        {"name": "default", "template": "plain"},
        {"name": "tool_use", "template": "tools"},
        {"name": "rag", "template": "rag"},
    ]
    samples.save(tmp_path, backend, samples.BYTE_LEVEL_CONFIG, chat_template=named)
    assert first(tmp_path) == "plain"
    assert first(tmp_path, tools=TOOLS) == "tools"
    assert first(tmp_path, chat_template="rag") == "rag"
    assert first(tmp_path, chat_template="{{ 1 + 1 }}") == "2"
    samples.save(tmp_path, backend, samples.BYTE_LEVEL_CONFIG, chat_template=named[1:])
    with pytest.raises(ValueError, match="rag, tool_use"):
        first(tmp_path)
    (tmp_path / "chat_template.jinja").write_text("file")
    assert first(tmp_path) == "file"
    (tmp_path / "additional_chat_templates").mkdir()
    (tmp_path / "additional_chat_templates" / "rag.jinja").write_text("rag file")
    assert first(tmp_path) == "file"
    assert first(tmp_path, chat_template="rag") == "rag file"


def test_compiled_once() -> None:
    assert compile_chat_template("{{ 1 }}x") is compile_chat_template("{{ 1 }}x")


# The form of messages.


@pytest.mark.parametrize(
    "source, expected",
    [
        (CHATML, "string"),
        (LLAMA3, "string"),
        (QWEN3, "string"),
        (MISTRAL, "string"),
        (PARTS, "openai"),
        ("{% set c = messages[0].content %}{% for p in c %}{% endfor %}", "openai"),
        ("{% for p in messages[0]['content'] | list %}{% endfor %}", "openai"),
        ("{% for p in messages[0].content[1:] %}{% endfor %}", "openai"),
        ("{% macro f(content) %}{% for p in content %}{% endfor %}{% endmacro %}", "openai"),
        ("{% for p in messages[0].content.split(' ') %}{% endfor %}", "string"),
    ],
)
def test_content_format(source: str, expected: str) -> None:
    assert ChatTemplate(source).content_format == expected


def test_content_becomes_what_the_template_takes() -> None:
    parts = [{"type": "text", "text": "a"}, "b", {"type": "input_text", "text": "c"}]
    messages = [{"role": "user", "content": parts}, {"role": "user", "content": "d"}]
    strings = ChatTemplate(CHATML).prepare(messages)
    assert [message["content"] for message in strings] == ["a\nb\nc", "d"]
    both = ChatTemplate(PARTS).prepare(messages)
    assert [part["text"] for part in both[0]["content"]] == ["a", "b", "c"]
    assert {part["type"] for part in both[0]["content"]} == {"text"}
    assert both[1]["content"] == "d"
    only_parts = ChatTemplate("{% for p in messages[0].content %}{{ p.text }}{% endfor %}")
    assert only_parts.prepare(messages)[1]["content"] == [{"type": "text", "text": "d"}]


def test_null_content() -> None:
    messages = [{"role": "assistant", "content": None, "name": None}, {"role": "assistant"}, CALL]
    prepared = ChatTemplate(CHATML).prepare(messages)
    assert [message["content"] for message in prepared] == ["", "", ""]
    assert "name" not in prepared[0]
    asks = ChatTemplate("{% for m in messages %}{{ m['content'] is none }}{% endfor %}")
    assert [message["content"] for message in asks.prepare(messages)] == ["", "", None]


def test_arguments_become_objects() -> None:
    def prepare(arguments: Any) -> Any:
        call = {"type": "function", "function": {"name": "f", "arguments": arguments}}
        message = {"role": "assistant", "tool_calls": [call]}
        prepared = ChatTemplate(CHATML).prepare([message])
        assert call["function"]["arguments"] == arguments
        return prepared[0]["tool_calls"][0]["function"]["arguments"]

    assert prepare('{"a": [1]}') == {"a": [1]}
    assert prepare({"a": 1}) == {"a": 1}
    assert prepare("") == prepare(None) == {}
    with pytest.raises(ValueError, match=r"messages\[0\].tool_calls\[0\].*not valid JSON"):
        prepare("{")
    with pytest.raises(ValueError, match=r"nested|not valid JSON"):
        prepare("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize("role", ["developer", "tool", "system", "function", "anything"])
def test_roles_pass_as_they_are(tokenizer: Tokenizer, role: str) -> None:
    text = tokenizer.apply_chat_template(
        [{"role": role, "content": "x"}], add_generation_prompt=False, chat_template=CHATML
    )
    assert text == f"<|im_start|>{role}\nx<|im_end|>\n"


@pytest.mark.parametrize(
    "messages, message",
    [
        ([], "messages is empty"),
        (["hi"], r"messages\[0\] is str"),
        ([{"content": "x"}], r"messages\[0\].role"),
        ([{"role": 1, "content": "x"}], r"messages\[0\].role"),
        ([{"role": "user", "content": 5}], r"messages\[0\].content must be"),
        ([{"role": "user", "content": [5]}], r"messages\[0\].content\[0\] must be"),
        ([{"role": "user", "content": [{"type": "text"}]}], r"content\[0\].text"),
        ([{"role": "user", "content": [{"type": "image"}]}], "takes text only"),
        ([{"role": "user", "tool_calls": "x"}], "tool_calls must be a list"),
        ([{"role": "user", "tool_calls": [{}]}], r"tool_calls\[0\].function must be"),
        ([{"role": "user", "x": object()}], "only JSON values"),
    ],
)
def test_bad_messages(tokenizer: Tokenizer, messages: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        tokenizer.apply_chat_template(messages, chat_template=CHATML)
    assert "\n" not in str(caught.value)


def test_deep_data_is_refused(tokenizer: Tokenizer) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for place in ("tools", "documents", "anything"):
        with pytest.raises(ValueError, match="nested more than"):
            tokenizer.apply_chat_template(CHATS["user"], chat_template=CHATML, **{place: deep})
