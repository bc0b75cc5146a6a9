"""Questions about words of programming, about what differs, and about exceptions."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ...exchange import Exchange
from .tables import ask, entries, fence, plain, python_check, words_check
from .terms_data import CONCEPTS, DIFFERENCES, ERRORS

__all__ = ["TERMS", "Term", "concept", "difference", "error"]

_WHAT = (
    "What is {x}?",
    "What is {x} in [Python|programming]?",
    "What's {x}?",
    "What does [the word|the term|] {b} mean[| in programming]?",
    "[Explain|Describe] {x}[| to me].",
    "Define {x}.",
    "[Can|Could] you explain what {x} is?",
    "[Tell me|Please tell me] what {x} is.",
    "Do you know what {x} is?",
    "What do [programmers|people] mean by {x}?",
    "[Can|Could] you define {x}?",
    "I [do not|don't] know what {x} is. [Can you explain it|What is it]?",
    "How would you explain {x}[| to a beginner]?",
    "What [exactly|really] is {x}?",
    "[Explain|Describe] {x} in simple words.",
    "Tell me about {x}.",
    "Give me a definition of {x}.",
    "{b}: what is that?",
    "What is meant by {x}?",
)
_MANY = (
    "What are {x}[| in Python| in programming]?",
    "[Explain|Describe] {x}[| to me].",
    "[Can|Could] you explain {x}?",
    "What do you know about {x}?",
    "[Can you tell me|Tell me] what {x} are.",
    "What are {x} [for|good for]?",
    "I [do not|don't] understand {x}. [Can you help|What are they]?",
)
_SHOW = (
    "[Show me|Give me] an example of {x}.",
    "[Can|Could] you show me {x}?",
    "What does {x} look like[| in Python]?",
    "Do you have an example of {x}?",
)
_EXAMPLE = (
    "[Can|Could] you show [me|] an example?",
    "[Give me|Show me|I need] an example.",
    "Do you have an example?",
    "[For example|An example|Example]?",
    "How does that look in code?",
    "What does [it|that] look like?",
)
_DIFFERENCE = (
    "What is the difference between {x} and {y}[| in Python]?",
    "[How do|In what way do] {x} and {y} differ?",
    "{x} or {y}: what is the difference?",
    "What's the difference between {x} and {y}?",
    "[Explain|Tell me] the difference between {x} and {y}.",
    "How [is|does one tell] {x} [different from|from] {y}?",
    "{x} versus {y}?",
    "Compare {x} and {y}.",
    "What distinguishes {x} from {y}?",
    "Is there a difference between {x} and {y}?",
    "When [do|would] I use {x} and when {y}?",
    "{x} vs {y}",
)
_MEANING = (
    "What is [{a}|the {e}]?",
    "What does {e} mean?",
    "[When|Why] is {a} raised?",
    "When do I get {a}?",
    "I [get|got|see] {a}. What does [it|that] mean?",
    "My [program|code|script] [stops|ends|fails] with {a}. [Why|What is wrong]?",
    "What causes {a}?",
    "[Explain|Describe] {e}.",
    "Why do I get {a}?",
    "[Can|Could] you explain {e}?",
    "Why does Python raise {a}?",
    "Python says {e}. What does [it|that] mean?",
)
_WHICH = (
    "[Which|What] [error|exception] is raised when {w}?",
    "[Which|What] [error|exception] do I get when {w}?",
    "[Which|What] [error|exception] does Python raise [when|if] {w}?",
    "What happens [when|if] {w}?",
    "What is the name of the [error|exception] that is raised when {w}?",
    "Name the exception that Python raises when {w}.",
)
_RAISED = (
    "[Which|What] [error|exception] [is raised|do I get|is thrown] by {c}?",
    "[Which|What] [error|exception] does {c} [raise|give|cause]?",
    "What happens when I run {c}?",
    "Why does {c} fail?",
    "What is wrong with {c}?",
    "I [wrote|ran|tried] {c} and got an error. [Which one|Why]?",
    "{c} fails. Why?",
)
_CATCH = (
    "How do I [catch|handle] [it|that|this error]?",
    "[Can|Could] you show me how to [catch|handle] it?",
    "And how is it [caught|handled]?",
    "Show me [code that catches it|how to catch it].",
)
_CATCH_NAMED = (
    "How do I [catch|handle] {a}?",
    "Show me how to [catch|handle] {a}.",
    "Write code that catches {a}.",
    "[Can|Could] you catch {a} with try and except?",
)
_RAISE = ("How do I raise it[| myself]?", "And how do I raise one?", "[Can|Could] I raise it?")


@dataclass(frozen=True)
class Term:
    """A word with its article, its plural or nothing, what it is, and an example or nothing."""

    term: str
    plural: str
    does: str
    example: str

    @property
    def bare(self) -> str:
        return self.term.removeprefix("a ").removeprefix("an ").removeprefix("the ")

    @property
    def sentence(self) -> str:
        if self.term in ("self", "yield", "pip"):
            return f"`{self.term}` {plain(self.does)}."
        return f"{self.term[0].upper()}{self.term[1:]} {plain(self.does)}."


def _read_terms() -> list[Term]:
    found = []
    for line in entries(CONCEPTS):
        names, does, *example = line.split(" | ")
        term, _, plural = names.partition("; ")
        code = example[0].replace("\\n", "\n") if example else ""
        found.append(Term(term, plural, does, code))
    return found


TERMS = _read_terms()
_DIFFERENCES = [tuple(line.split(" | ")) for line in entries(DIFFERENCES)]
_ERRORS = [tuple((line + " | ").split(" | ")[:3]) for line in entries(ERRORS)]
_WHEN = {name: when for name, when, _ in _ERRORS}


def concept(rng: random.Random) -> list[Exchange]:
    """What a term means, perhaps with an example, perhaps another term after it."""
    term = rng.choice(TERMS)
    if term.example and rng.random() < 0.12:
        return [_shown(rng, term, _SHOW)]
    made = [_meaning(rng, term)]
    if term.example and rng.random() < 0.5:
        made.append(_shown(rng, term, _EXAMPLE))
    if rng.random() < 0.3:
        other = rng.choice([one for one in TERMS if one.term != term.term])
        templates = ("And {x}?", "And what is {x}?", "What about {x}?", "OK, and {x}?")
        check = words_check(other.does)
        made.append(ask(rng, templates, other.term, other.sentence, check, x=other.term))
    return made


def _meaning(rng: random.Random, term: Term) -> Exchange:
    check = words_check(term.does)
    if term.plural and rng.random() < 0.3:
        return ask(rng, _MANY, term.plural, term.sentence, check, x=term.plural)
    return ask(rng, _WHAT, term.term, term.sentence, check, x=term.term, b=term.bare)


def _shown(rng: random.Random, term: Term, templates: tuple[str, ...]) -> Exchange:
    answer = f"Here is an example:\n{fence(term.example)}"
    # A line says more than a name, and some examples have none.
    check = {"type": "exact", "text": max(term.example.split("\n"), key=len).strip()}
    return ask(rng, templates, term.term, answer, check, x=term.term)


def difference(rng: random.Random) -> list[Exchange]:
    """What sets two terms apart, asked in either order."""
    first, second, answer = rng.choice(_DIFFERENCES)
    x, y = rng.sample((first, second), 2)
    check = words_check(answer)
    return [ask(rng, _DIFFERENCE, f"{x} / {y}", plain(answer), check, x=x, y=y)]


def error(rng: random.Random) -> list[Exchange]:
    """When an exception is raised, or which one some code raises, and how to catch it."""
    code = ""
    if rng.random() < 0.5:
        made, name, code = _raised(rng)
    else:
        name, when, codes = rng.choice(_ERRORS)
        made = rng.choice((_explained, _explained, _which, _caught))(rng, name, when)
        code = codes.split("; ")[0]
    exchanges = [made]
    if made.key.startswith(_CATCH_NAMED):
        return exchanges
    if rng.random() < 0.4:
        exchanges.append(_catch(rng, name, code, _CATCH))
    if rng.random() < 0.25:
        answer = f"Raise it like this:\n{fence(f'raise {name}({chr(34)}what went wrong{chr(34)})')}"
        exchanges.append(ask(rng, _RAISE, name, answer, python_check(name, answer)))
    return exchanges


def _explained(rng: random.Random, name: str, when: str) -> Exchange:
    sentence = f"{_article(name).capitalize()} `{name}` is raised when {plain(when)}."
    values = {"e": name, "a": f"{_article(name)} {name}"}
    return ask(rng, _MEANING, name, sentence, words_check(when), **values)


def _which(rng: random.Random, name: str, when: str) -> Exchange:
    sentence = f"{_article(name).capitalize()} `{name}` is raised when {plain(when)}."
    check = {"type": "words", "all": [[name]]}
    return ask(rng, _WHICH, name, sentence, check, w=plain(when))


def _caught(rng: random.Random, name: str, when: str) -> Exchange:
    return _catch(rng, name, "", _CATCH_NAMED)


def _catch(rng: random.Random, name: str, code: str, templates: tuple[str, ...]) -> Exchange:
    body = code if code and name not in ("SyntaxError", "IndentationError") else "run()"
    caught = f'try:\n    {body}\nexcept {name}:\n    print("{name}")'
    check = python_check(name) | {"holds": f"except {name}:"}
    values = {"a": f"{_article(name)} {name}"}
    return ask(
        rng, templates, name, f"Catch it with try and except:\n{fence(caught)}", check, **values
    )


def _raised(rng: random.Random) -> tuple[Exchange, str, str]:
    name, code = _failing(rng)
    check = {"type": "words", "all": [[name]]}
    answer = f"`{code}` raises {_article(name)} `{name}`: {plain(_WHEN[name])}."
    shown = f"`{code}`" if rng.random() < 0.5 else code
    made = ask(rng, _RAISED, code, answer, check, c=shown)
    return Exchange(made.question, answer, made.key, check, exact=True), name, code


def _failing(rng: random.Random) -> tuple[str, str]:
    """Code that raises an exception, with the exception's name."""
    if rng.random() < 0.3:
        name, _, codes = rng.choice([one for one in _ERRORS if one[2]])
        return name, rng.choice(codes.split("; "))
    word, other = rng.sample("cat dog sun tree fish book apple house hello abc".split(), 2)
    number = rng.randint(1, 20)
    return rng.choice(
        (
            ("ValueError", f'int("{word}")'),
            ("ValueError", f'float("{word}")'),
            ("TypeError", f'"{word}" + {number}'),
            ("TypeError", f'{number} + "{word}"'),
            ("TypeError", f"len({number})"),
            ("KeyError", f'{{"{word}": {number}}}["{other}"]'),
            ("IndexError", f"[1, 2, 3][{number + 2}]"),
            ("IndexError", f'"{word}"[{number + 9}]'),
            ("AttributeError", f'"{word}".{other}'),
            ("ZeroDivisionError", f"{number} {rng.choice(('/', '//', '%'))} 0"),
            ("FileNotFoundError", f'open("no-{word}.txt")'),
            ("ModuleNotFoundError", f"import no_{word}"),
        )
    )


def _article(name: str) -> str:
    return "an" if name[0] in "AEIOU" and not name.startswith("Uni") else "a"
