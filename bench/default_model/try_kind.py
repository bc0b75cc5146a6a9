"""Shows what a kind of dialogue gives, and finds what is wrong with it.

    python -m default_model.try_kind NAME [COUNT] [SEED]

Prints COUNT conversations, then figures over 20,000: how many questions, keys and answers differ,
how many keys are held out, and every answer that its own check refuses.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
from collections import Counter

from .checks import passes
from .exchange import is_held_out

_SURVEY = 20_000


def main() -> None:
    name = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    kind = importlib.import_module(f"default_model.kinds.{name}")
    rng = random.Random(seed)
    for _ in range(count):
        for exchange in kind.exchanges(rng):
            if exchange.system is not None:
                print(f"[system] {exchange.system}")
            for function in exchange.tools:
                print(f"[tool] {json.dumps(function)}")
            print(f"> {exchange.question}")
            for message in exchange.before:
                print(f"[{message['role']}] {message['content']}")
            print(exchange.answer)
        print("----")
    survey(name, kind.exchanges, rng)


def survey(name: str, exchanges, rng: random.Random) -> None:
    questions, keys, answers, wrong = set(), set(), set(), Counter()
    lengths = Counter()
    characters = 0
    for _ in range(_SURVEY):
        made = exchanges(rng)
        lengths[len(made)] += 1
        for exchange in made:
            questions.add(exchange.question)
            keys.add(exchange.key)
            answers.add(exchange.answer)
            characters += len(exchange.question) + len(exchange.answer)
            json.dumps(dict(exchange.check))
            if not passes(exchange.answer, exchange.check):
                wrong[(exchange.question, exchange.answer, str(exchange.check))] += 1
    held_out = sum(is_held_out(name, key) for key in keys)
    print(f"{len(questions)} questions, {len(keys)} keys ({held_out} held out), ", end="")
    print(f"{len(answers)} answers; exchanges per conversation: {dict(sorted(lengths.items()))}; ")
    print(f"{characters / _SURVEY:.0f} characters per conversation; {sum(wrong.values())} refused")
    for (question, answer, check), times in wrong.most_common(10):
        print(f"REFUSED x{times}: {question!r} -> {answer!r} by {check}")


if __name__ == "__main__":
    main()
