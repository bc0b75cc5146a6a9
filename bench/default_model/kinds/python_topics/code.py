"""Small programs on request, with the names and numbers that the user gives."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from string import Template

from ...exchange import Exchange
from .functions_data import FUNCTION_TASKS
from .snippets_data import SNIPPETS
from .tables import ask, fence, python_check

__all__ = ["FUNCTIONS", "PIECES", "Task", "function", "piece"]

_VERBS = "get make do run my calc find try give new".split()
_NOUNS = "value it number result thing data answer item one stuff total text step".split()
_SINGLE = """
    compute calc solve helper process func foo bar work task convert apply check handle transform
    update change build magic f g h do_it quick simple test_me answer result evaluate
""".split()
_WORDS = """
    hello cat dog sun moon tree house apple bread fish star book rain snow blue green happy tea
    coffee music river stone bird yes no stop go welcome python ready
""".split()
_VARIABLES = """
    numbers items names words values scores ages prices cities colors data result total count x y n
    points letters fruits animals users rows lines
""".split()
_CLASSES = "Car Person Book House Cat Robot Player Team City Animal Song Shop Tree Ball".split()
_MODULES = "math os sys json random re time csv string copy queue socket logging".split()

_UNNAMED = (
    "Write a[| Python] function that {asks}.",
    "[Can|Could] you write a[| Python] function that {asks}?",
    "[Show me|Give me|I need|Make me] a[| Python] function that {asks}.",
    "How do I write a function that {asks}?",
    "[Write|Create|Make] a[| small| simple| short] function which {asks}.",
    "[Write|Show me|Give me] [Python code|a program|code|a Python script] to {wants}.",
    "How [would|do] you {wants} [with a function|in a function]?",
    "I [want|need] a function to {wants}[| in Python].",
    "[Implement|Define|Code] a function to {wants}.",
    "What does a function that {asks} look like?",
    "Python function: {wants}",
    "Help me write a function that {asks}.",
    "Write Python that {asks}.",
    "Please code a function that {asks}.",
    "Let us write a function that {asks}.",
)
_NAMED = (
    "Write a[| Python] function [called|named] {q} that {asks}.",
    "[Can|Could] you write a function [called|named] {q} that {asks}?",
    "[Show me|Give me|I need] a function {q} that {asks}.",
    "[Define|Implement|Create|Make] a function {q} which {asks}.",
    "[Define|Implement|Code] {q}, a function that {asks}.",
    "Write a[| Python] function that {asks}. [Call|Name] it {q}.",
    "Write {q}: a function to {wants}.",
    "I [want|need] a function {q} to {wants}[| in Python].",
    "How do I write a function {q} that {asks}?",
    "Help me write {q}, a function which {asks}.",
)
_PIECE = (
    "How [do|can|would] I {wants}[| in Python]?",
    "Write[| some| Python] code to {wants}.",
    "[Show me|Explain] how to {wants}[| in Python].",
    "[Can|Could] you [show me how to|write code to] {wants}?",
    "[Give me|I need] [code|a snippet|Python] to {wants}.",
    "How to {wants}[| in Python]?",
    "Python code to {wants}",
    "I want to {wants}[| in Python]. [How|What do I write]?",
    "What is the code to {wants}?",
    "In Python, {wants}.",
    "What do I write to {wants}?",
    "Please {wants} in Python.",
    "How do you {wants} in Python?",
)
_CALL = (
    "How do I call it?",
    "How [can|do] I use it?",
    "[Can|Could] you show [me|] how to call it?",
    "And how is it used?",
    "Show me a call.",
    "Give me an example call.",
)
_RENAME = (
    "[Can|Could] you [call|name] it {f}[| instead]?",
    "Rename it to {f}.",
    "[Call|Name] it {f}[| instead].",
    "Please change its name to {f}.",
    "I would [rather|prefer to] call it {f}.",
)
_EXPLAIN = (
    "What does it do?",
    "[Can|Could] you explain it?",
    "Explain it.",
    "What is it for?",
    "And what does it do exactly?",
)
_DOCUMENT = (
    "Add a docstring.",
    "[Can|Could] you add a docstring?",
    "Now with a docstring.",
    "Document it.",
    "[It needs|I want] a docstring.",
)
_VALUE = (
    "What does {call} return?",
    "What is {call}?",
    "And what does {call} give?",
    "What do I get from {call}?",
)


@dataclass(frozen=True)
class Task:
    """Something to program. Its texts have $f, $k and $w where the user decides."""

    name: str
    asks: tuple[str, ...]
    call: str
    value: str | None
    code: str

    def text(self, template: str, given: dict[str, object]) -> str:
        return Template(template).substitute(given)

    def slots(self, rng: random.Random) -> dict[str, object]:
        """Values for all slots but a function's name."""
        return {"k": rng.randint(2, 20), "w": rng.choice(_WORDS)}


def _read(table: str) -> list[Task]:
    found = []
    for block in re.split(r"\n\n(?=# )", table.strip("\n")):
        lines = block.split("\n")
        head = [line[2:] for line in lines if line.startswith("# ")]
        name, _, call = head[0].partition(" | ")
        call, _, value = call.partition(" -> ")
        asks = tuple(" ".join(head[1:]).split("; "))
        found.append(Task(name, asks, call, value or None, "\n".join(lines[len(head) :])))
    return found


FUNCTIONS = _read(FUNCTION_TASKS)
PIECES = _read(SNIPPETS)


def function(rng: random.Random) -> list[Exchange]:
    """A function that the user may name, and perhaps more about it."""
    task = rng.choice(FUNCTIONS)
    given = task.slots(rng)
    named = rng.random() < 0.55
    given["f"] = _new_name(rng) if named else task.text(task.name, given)
    made = [_first(rng, task, given, named)]
    if rng.random() < 0.5:
        ways = [_call, _explain, _document, _value, _rename]
        for way in sorted(rng.sample(ways, rng.choice((1, 2, 2, 3))), key=ways.index):
            if way is not _rename or not any(one.key.startswith(_DOCUMENT) for one in made):
                made += way(rng, task, given)
    return made


def _first(rng: random.Random, task: Task, given: dict[str, object], named: bool) -> Exchange:
    asks = task.text(rng.choice(task.asks), given)
    values = {"asks": asks, "wants": _imperative(asks)}
    code = task.text(task.code, given)
    answer = f"This function {task.text(task.asks[0], given)}:\n{fence(code)}"
    check = python_check(str(given["f"]), code)
    if not named:
        return ask(rng, _UNNAMED, asks, answer, check, **values)
    name = str(given["f"])
    quoted = rng.choice((name, name, f"`{name}`", f"{name}()"))
    # The same task under the same name is one key, however it is worded: the name is to be copied.
    made = ask(rng, _NAMED, "", answer, check, q=quoted, **values)
    key = f"function {name} that {task.text(task.asks[0], given)}"
    return Exchange(made.question, made.answer, key, made.check)


def _new_name(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(_SINGLE)
    return f"{rng.choice(_VERBS)}_{rng.choice(_NOUNS)}"


def _imperative(asks: str) -> str:
    """ "Adds two numbers" as "add two numbers"."""
    verb, _, rest = asks.partition(" ")
    if verb == "always":
        return f"always {_imperative(rest)}"
    if verb.endswith("ies"):
        verb = verb[:-3] + "y"
    elif verb.endswith(("ches", "shes", "sses")):
        verb = verb[:-2]
    else:
        verb = verb.removesuffix("s")
    return f"{verb} {rest}".strip()


def _call(rng: random.Random, task: Task, given: dict[str, object]) -> list[Exchange]:
    call = task.text(task.call, given)
    shown = call if "print(" in task.code else f"print({call})"
    value = f"  # {_printed(task.value)}" if task.value else ""
    answer = f"Call it like this:\n{fence(shown + value)}"
    return [ask(rng, _CALL, call, answer, python_check(str(given["f"]), shown))]


def _printed(value: str) -> str:
    """What print shows of a value."""
    return value.strip("'") if value.startswith("'") else value


def _explain(rng: random.Random, task: Task, given: dict[str, object]) -> list[Exchange]:
    does = task.text(task.asks[0], given)
    check = {"type": "words", "all": [[does]]}
    return [ask(rng, _EXPLAIN, does, f"`{given['f']}` {does}.", check)]


def _document(rng: random.Random, task: Task, given: dict[str, object]) -> list[Exchange]:
    does = task.text(task.asks[0], given)
    head, definition, body = re.split(r"(?m)(^def .*\n)", task.text(task.code, given), maxsplit=1)
    docstring = f'"""{does[0].upper()}{does[1:]}."""'
    answer = f"With a docstring:\n{fence(f'{head}{definition}    {docstring}{chr(10)}{body}')}"
    check = python_check(str(given["f"])) | {"holds": docstring}
    return [ask(rng, _DOCUMENT, f"{given['f']} {does}", answer, check)]


def _value(rng: random.Random, task: Task, given: dict[str, object]) -> list[Exchange]:
    if task.value is None:
        return []
    call = task.text(task.call, given)
    answer = f"`{call}` gives `{task.value}`."
    check = {"type": "exact", "text": f"gives `{task.value}`"}
    return [ask(rng, _VALUE, call, answer, check, call=call)]


def _rename(rng: random.Random, task: Task, given: dict[str, object]) -> list[Exchange]:
    renamed = given | {"f": _new_name(rng)}
    if renamed["f"] == given["f"]:
        return []
    code = task.text(task.code, renamed)
    subject = f"{renamed['f']} {task.text(task.asks[0], given)}"
    answer = f"Now it is called `{renamed['f']}`:\n{fence(code)}"
    check = python_check(str(renamed["f"]), code)
    return [ask(rng, _RENAME, subject, answer, check, f=renamed["f"])]


def piece(rng: random.Random) -> list[Exchange]:
    """A few lines of code; a second piece may follow where there are numbers or names to change."""
    task = rng.choice(PIECES)
    given = task.slots(rng) | {"f": _name_for(rng, task)}
    made = [_first_piece(rng, task, given)]
    if "$" in task.asks[0] and rng.random() < 0.5:
        changed, question = _changed(rng, task, given)
        asks = task.text(task.asks[0], changed)
        made.append(_answered(task, changed, question, f"{question} / {asks}"))
    return made


def _name_for(rng: random.Random, task: Task) -> str:
    if task.code.startswith("class "):
        return rng.choice(_CLASSES)
    return rng.choice(_MODULES if task.code.startswith("import ") else _VARIABLES)


def _first_piece(rng: random.Random, task: Task, given: dict[str, object]) -> Exchange:
    wants = task.text(rng.choice(task.asks), given)
    made = ask(rng, _PIECE, wants, "", {}, wants=wants)
    return _answered(task, given, made.question, made.key)


def _answered(task: Task, given: dict[str, object], question: str, key: str) -> Exchange:
    code = task.text(task.code, given)
    answer = f"Here is how to {task.text(task.asks[0], given)}:\n{fence(code)}"
    check = python_check(task.text(task.name, given), code)
    return Exchange(question, answer, key, check, exact=code.startswith(f"class {given['f']}"))


def _changed(
    rng: random.Random, task: Task, given: dict[str, object]
) -> tuple[dict[str, object], str]:
    """Another value for one slot, and how a user asks for it."""
    slot = rng.choice([one for one in "kwf" if f"${one}" in task.asks[0]])
    fresh = dict(given)
    while fresh[slot] == given[slot]:
        fresh = task.slots(rng) | {"f": _name_for(rng, task)}
    wording = rng.choice(("Now with {}.", "And with {}?", "Use {} instead.", "The same with {}."))
    return given | {slot: fresh[slot]}, wording.format(fresh[slot])
