"""Judges a model by the questions that were held out, and lets it talk.

    python -m default_model.evaluate [MODEL] [--show] [--samples FILE] [--json FILE]

run in bench/. Without MODEL: the one inside llmserve. Everything is greedy, so that it comes out
alike on every run. --show prints what went wrong, --samples writes the conversations of
samples.json with the answers that the model really gave.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llmserve import LLM, SamplingParams

from .checks import passes
from .held_out import read_questions

__all__ = ["GREEDY", "answers", "converse", "judge"]

GREEDY = SamplingParams(temperature=0, max_tokens=320)
SAMPLES = Path(__file__).with_name("samples.json")


def answers(llm: LLM, requests: Sequence[Mapping[str, Any]]) -> list[str]:
    """The model's reply to each request, which has messages and tools."""
    replies = [""] * len(requests)
    with_tools = [i for i, one in enumerate(requests) if one["tools"]]
    plain = [i for i, one in enumerate(requests) if not one["tools"]]
    if plain:
        outputs = llm.chat([requests[i]["messages"] for i in plain], GREEDY, use_tqdm=False)
        for i, output in zip(plain, outputs, strict=True):
            replies[i] = output.outputs[0].text
    for i in with_tools:
        one = requests[i]
        (output,) = llm.chat(one["messages"], GREEDY, tools=one["tools"], use_tqdm=False)
        replies[i] = output.outputs[0].text
    return replies


def judge(llm: LLM, requests: Sequence[Mapping[str, Any]]) -> list[tuple[bool, str]]:
    """Whether each answer is right, and the answer."""
    replies = answers(llm, requests)
    return [
        (passes(reply, one["check"]), reply) for reply, one in zip(replies, requests, strict=True)
    ]


def converse(llm: LLM, questions: Sequence[str]) -> list[str]:
    """A conversation of several turns; the model reads its own answers."""
    messages: list[dict[str, str]] = []
    replies = []
    for question in questions:
        messages.append({"role": "user", "content": question})
        (output,) = llm.chat(messages, GREEDY, use_tqdm=False)
        replies.append(output.outputs[0].text)
        messages.append({"role": "assistant", "content": replies[-1]})
    return replies


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default="llmserve-mini")
    parser.add_argument("--show", action="store_true", help="print the wrong answers")
    parser.add_argument("--samples", type=Path, help="write sample conversations, as Markdown")
    parser.add_argument("--json", type=Path, help="write the result")
    args = parser.parse_args(arguments)
    questions = read_questions()
    with LLM(args.model, disable_log_stats=True) as llm:
        judged = judge(llm, questions)
        if args.samples:
            write_samples(llm, args.samples)
    if args.show:
        for one, (right, reply) in zip(questions, judged, strict=True):
            if not right:
                asked = one["messages"][-1]["content"]
                print(f"[{one['kind']}] {asked}\n    {reply}\n    {json.dumps(one['check'])}")
    result = summary(questions, judged)
    print(json.dumps(result, indent=2))
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + "\n")


def summary(
    questions: Sequence[Mapping[str, Any]], judged: Sequence[tuple[bool, str]]
) -> dict[str, Any]:
    asked = Counter(one["kind"] for one in questions)
    right = Counter(one["kind"] for one, (good, _) in zip(questions, judged, strict=True) if good)
    return {
        "questions": len(questions),
        "right": right.total(),
        "kinds": {kind: f"{right[kind]}/{count}" for kind, count in asked.items()},
    }


def write_samples(llm: LLM, file: Path) -> None:
    """Twenty conversations, none of them edited."""
    lines = ["# Sample conversations", "", "Greedy, as the model in this commit answers.", ""]
    for number, questions in enumerate(json.loads(SAMPLES.read_text()), start=1):
        lines += [f"## {number}", ""]
        for question, reply in zip(questions, converse(llm, questions), strict=True):
            lines += [f"**User:** {question}", "", *quoted(reply), ""]
    file.write_text("\n".join(lines))


def quoted(reply: str) -> list[str]:
    return [f"> {line}".rstrip() for line in reply.splitlines()]


if __name__ == "__main__":
    main()
