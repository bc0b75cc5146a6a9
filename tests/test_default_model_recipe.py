"""bench/default_model: the recipe of the default model gives what it says, on a small scale."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from default_model.chat_format import CHAT_TEMPLATE, render
from default_model.checks import passes
from default_model.conversation import WEIGHTS, Conversation, conversations, exchanges_of
from default_model.exchange import expand, is_held_out
from default_model.held_out import draw_questions, read_questions


@pytest.mark.parametrize("kind", WEIGHTS)
def test_answers_pass_their_own_check_and_not_each_others(kind: str) -> None:
    rng = random.Random(f"test {kind}")
    made = [one for _ in range(400) for one in exchanges_of(kind, rng)]
    refused = [one for one in made if not passes(one.answer, one.check)]
    assert refused == []
    strangers = rng.sample(made, 200)
    others = rng.sample(made, 200)
    taken = sum(
        passes(other.answer, one.check)
        for one, other in zip(strangers, others, strict=True)
        if one.answer != other.answer
    )
    assert taken <= 20, f"{taken} of 200 answers to other questions pass"


def test_one_seed_gives_the_same_conversations() -> None:
    first, second = (list(conversations(random.Random(5), 300)) for _ in range(2))
    assert first == second
    assert first != list(conversations(random.Random(6), 300))


def test_the_split_was_made_before_training() -> None:
    questions = read_questions()
    assert questions == json.loads(json.dumps(draw_questions()))
    assert {one["kind"] for one in questions} == set(WEIGHTS)
    assert all(is_held_out(one["kind"], one["key"]) for one in questions)


def test_no_held_out_question_is_trained_on() -> None:
    asked = {one["messages"][-1]["content"].casefold() for one in read_questions()}
    for one in conversations(random.Random(1), 5000):
        for message in one.messages:
            assert message["role"] != "user" or message["content"].casefold() not in asked


def test_the_chat_template_says_what_the_model_was_trained_on() -> None:
    from llmserve.chat_template import ChatTemplate

    template = ChatTemplate(CHAT_TEMPLATE)
    seen: dict[tuple[bool, bool], Conversation] = {}
    for one in conversations(random.Random(2), 3000):
        with_system = one.messages[0]["role"] == "system"
        seen.setdefault((with_system, bool(one.tools)), one)
        text = render_by_template(template, one)
        assert text == render(one.messages, one.tools)
    assert len(seen) == 4, "some shape of conversation never came"


def render_by_template(template: Any, one: Conversation) -> str:
    return str(
        template.render(
            list(one.messages), tools=list(one.tools) or None, add_generation_prompt=False
        )
    )


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ("3 + 4 = 8.", {"type": "number", "value": 7}),
        ("There are no numbers.", {"type": "number", "value": 7}),
        ("It starts.", {"type": "words", "all": [["art"]]}),
        ("Paris or Rome.", {"type": "words", "all": [["Paris"]], "none": ["Rome"]}),
        ("- apple\n- apple", {"type": "items", "count": 2, "among": ["apple", "pear"]}),
        ("- apple\n- brick", {"type": "items", "count": 2, "among": ["apple", "pear"]}),
        ("b, a", {"type": "ordered", "values": ["a", "b"]}),
        ('{"a": 1', {"type": "json", "value": {"a": 1}}),
        ('{"a": 2}', {"type": "json", "value": {"a": 1}}),
        ("<tool_call>\n{}\n</tool_call>", {"type": "tool", "name": "f", "arguments": {}}),
        ("One. One.", {"type": "sentences", "least": 2, "most": 4, "names": []}),
        ("One. Two", {"type": "sentences", "least": 2, "most": 4, "names": []}),
        ("def f(:", {"type": "python", "defines": "f"}),
        ("def g(): pass", {"type": "python", "defines": "f"}),
    ],
)
def test_checks_refuse_what_is_wrong(answer: str, check: dict[str, Any]) -> None:
    assert not passes(answer, check)


def test_expand_takes_one_choice_of_each_and_leaves_values_alone() -> None:
    rng = random.Random(0)
    made = {expand(rng, "[a|b [c|d]|] {x}!", x="[e|f]  {g}") for _ in range(200)}
    assert made == {"a [e|f]  {g}!", "b c [e|f]  {g}!", "b d [e|f]  {g}!", "[e|f]  {g}!"}


@pytest.mark.slow
def test_the_recipe_from_text_to_a_model_that_runs(tmp_path: Path) -> None:
    from default_model import prepare, train
    from llmserve import LLM, SamplingParams

    documents = tmp_path / "documents.jsonl"
    documents.write_text(
        "".join(json.dumps(f"document {i}: " + "x = 1; " * 500) + "\n" for i in range(60))
    )
    small = ["--conversations", "1500", "--vocab", "1024", "--documents", str(documents)]
    for processes in ("1", "2"):
        prepare.main([str(tmp_path / processes), *small, "--processes", processes])
    for file in (tmp_path / "1").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes(), file.name
    shape = {"vocab_size": 1024, "hidden_size": 64, "intermediate_size": 64}
    shape |= {"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1}
    flags = ["--steps", "4", "--rows", "2", "--document-rows", "1", "--warmup", "1"]
    flags += ["--device", "cpu", "--shape", json.dumps(shape | {"head_dim": 32})]
    for out in ("first", "second"):
        train.main([str(tmp_path / "1"), str(tmp_path / out), *flags])
    first, second = (
        (tmp_path / out / "model.safetensors").read_bytes() for out in ("first", "second")
    )
    assert first == second
    losses = [
        loss for _, loss in json.loads((tmp_path / "first" / "history.json").read_text())["train"]
    ]
    assert losses[-1] < losses[0]
    with LLM(str(tmp_path / "first"), device="cpu", kv_cache_memory_bytes="8MiB") as llm:
        (output,) = llm.chat([{"role": "user", "content": "Hi"}], SamplingParams(max_tokens=5))
        assert len(output.outputs[0].token_ids) >= 1
