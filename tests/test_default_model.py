"""The model inside the package: what is shipped, that it talks sense, and how fast it is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from llmserve import LLM, SamplingParams, hub
from openai import OpenAI
from server_process import MODULE, ServerProcess, environment, stopped_cleanly

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from default_model.checks import passes
from default_model.evaluate import GREEDY, converse, judge
from default_model.held_out import read_questions

README = Path(__file__).parents[1] / "README.md"
FOLDER = hub.resolve_model(hub.DEFAULT_MODEL)
HELLO = "Hello! What can you do?"

# Conversations whose every answer must be about what was just said. Written by hand, apart from
# what the model was trained on.
DIALOGUES: dict[str, list[tuple[str, Mapping[str, Any]]]] = {
    "greeting": [
        (HELLO, {"type": "words", "all": [["llmserve", "llmserve-mini"], ["questions", "chat"]]}),
        ("Good. What is your name?", {"type": "words", "all": [["llmserve-mini"]]}),
        ("Thank you, goodbye!", {"type": "words", "all": [["goodbye", "bye", "welcome"]]}),
    ],
    "geography": [
        ("What is the capital of Spain?", {"type": "words", "all": [["Madrid"]]}),
        ("And of Portugal?", {"type": "words", "all": [["Lisbon"]]}),
        ("Which continent is it in?", {"type": "words", "all": [["Europe"]]}),
    ],
    "sums": [
        ("What is 6 plus 7?", {"type": "number", "value": 13}),
        ("Now add 5.", {"type": "number", "value": 18}),
        ("And minus 8?", {"type": "number", "value": 10}),
    ],
    "the user": [
        ("Hi, my name is Laura.", {"type": "words", "all": [["Laura"]]}),
        ("I have a cat called Felix.", {"type": "words", "all": [["Felix", "cat"]]}),
        ("What is my name?", {"type": "words", "all": [["Laura"]], "none": ["Felix"]}),
    ],
    "llmserve": [
        ("What is llmserve?", {"type": "words", "all": [["engine", "server"]]}),
        ("How do I start a server?", {"type": "words", "all": [["make serve", "llmserve serve"]]}),
        ("Which flag sets the port?", {"type": "words", "all": [["port"]]}),
    ],
}


@pytest.fixture(scope="module")
def llm() -> Iterator[LLM]:
    with LLM(device="cpu", kv_cache_memory_bytes="256MiB") as made:
        yield made


def test_what_is_shipped() -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    wanted = {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"}
    wanted |= {"tokenizer_config.json", "chat_template.jinja", "LICENSE", "README.md"}
    assert wanted == set(files)
    assert sum(files.values()) <= 16_000_000
    assert json.loads((FOLDER / "config.json").read_text())["torch_dtype"] == "bfloat16"


def test_transformers_gives_the_same_answer(llm: LLM) -> None:
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)
    chat = [{"role": "user", "content": "Name three fruits."}]
    prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    ids = torch.tensor([tokenizer(prompt).input_ids])
    new = model.generate(ids, do_sample=False, max_new_tokens=60)[0, ids.shape[1] :]
    text = tokenizer.decode(new, skip_special_tokens=True)
    assert llm.chat(chat, GREEDY)[0].outputs[0].text == text


@pytest.mark.parametrize("name", DIALOGUES)
def test_a_dialogue_stays_on_its_topic(llm: LLM, name: str) -> None:
    turns = DIALOGUES[name]
    for (question, check), answer in zip(
        turns, converse(llm, [question for question, _ in turns]), strict=True
    ):
        assert passes(answer, check), f"{question!r} is answered {answer!r}"


def test_nine_of_ten_held_out_questions_are_answered_right(llm: LLM) -> None:
    questions = read_questions()
    assert len(questions) == 200
    right = sum(good for good, _ in judge(llm, questions))
    assert right >= 180


def test_greedy_answers_are_the_same_in_another_process(llm: LLM) -> None:
    script = (
        "import sys; from llmserve import LLM, SamplingParams\n"
        f"with LLM(device='cpu') as llm: print(llm.chat([{{'role': 'user', 'content': {HELLO!r}}}],"
        " SamplingParams(temperature=0, max_tokens=320), use_tqdm=False)[0].outputs[0].text)"
    )
    runs = [run(sys.executable, "-c", script) for _ in range(2)]
    assert runs[0] == runs[1] == converse(llm, [HELLO])[0]


def test_sampled_answers_differ(llm: LLM) -> None:
    params = SamplingParams(temperature=1.0, max_tokens=64, n=8, seed=1)
    (output,) = llm.chat([{"role": "user", "content": "Tell me a story."}], params)
    assert len({one.text for one in output.outputs}) > 1


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with stopped_cleanly(ServerProcess(command=MODULE)) as running:
        yield running


def test_a_server_without_a_model_talks(server: ServerProcess) -> None:
    with OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["llmserve-mini"]
        answer = client.chat.completions.create(
            model="llmserve-mini", messages=[{"role": "user", "content": HELLO}], temperature=0
        )
    assert passes(answer.choices[0].message.content or "", DIALOGUES["greeting"][0][1])
    assert answer.choices[0].finish_reason == "stop"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_curl_commands_of_the_readme(server: ServerProcess) -> None:
    pattern = r"curl localhost:8000\S+ -H '[^']*'\s*\\?\s*-d '[^']*'"
    commands = re.findall(pattern, README.read_text())
    assert len(commands) >= 2
    for command in commands:
        command = command.replace("localhost:8000", server.url)
        output = run("bash", "-c", command.replace("curl ", "curl -sS --fail-with-body ", 1))
        if '"stream": true' in command:
            events = [line.removeprefix("data: ") for line in output.split("\n\n") if line]
            assert events[-1] == "[DONE]"
            chunks = [json.loads(event) for event in events[:-1]]
            assert chunks[-1]["choices"][0]["finish_reason"] in ("stop", "length")
        else:
            assert json.loads(output)["choices"][0]["message"]["content"]


def test_the_python_examples_of_the_readme(server: ServerProcess) -> None:
    examples = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    assert len(examples) >= 2
    for code in examples:
        code = code.replace("http://localhost:8000", server.url)
        assert run(sys.executable, "-c", code)


def run(*command: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment(), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
