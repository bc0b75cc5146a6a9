"""What an expression gives. The expressions are our own, so that Python itself may tell."""

from __future__ import annotations

import random
from collections.abc import Callable

from ...exchange import Exchange
from .tables import ask

__all__ = ["expression", "value", "value_of"]

_WORDS = """
    cat dog sun sky car cup hat bus box pen map key egg ice red sea tea toy zoo bed book tree fish
    bird milk moon star rain snow rose boat ball door hand home king lion apple bread house music
    river stone green train water tiger
""".split()
_TRIPLES = [word for word in _WORDS if len(word) == 3]
_PLAIN = (
    "What does {e} return?",
    "What does {e} give?",
    "What is {e}[| in Python]?",
    "What is the value of {e}[| in Python]?",
    "What is the result of {e}[| in Python]?",
    "What do I get from {e}?",
    "What does {e} evaluate to?",
    "Evaluate {e}.",
    "In Python, what is {e}?",
    "What will {e} [give|return]?",
    "What comes out of {e}?",
    "Tell me the value of {e}.",
    "Which value does {e} have?",
    "[Can|Could] you evaluate {e}?",
    "{e}",
)
_PRINT = (
    "What does print({e}) [show|print|output]?",
    "What is the output of print({e})?",
    "What [appears|is shown] when I run print({e})?",
)
_THEN = ("And {e}?", "And what about {e}?", "What about {e}?", "And what is {e}?", "Now {e}.")


def value(rng: random.Random) -> list[Exchange]:
    """An expression and its value; others of its sort may follow."""
    sort = rng.choice(_SORTS)
    written = {sort(rng): None for _ in range(rng.choice((1, 1, 1, 2, 3)))}
    return [_asked(rng, one, first=place == 0) for place, one in enumerate(written)]


def _asked(rng: random.Random, written: str, first: bool) -> Exchange:
    result = value_of(written)
    if first and rng.random() < 0.15:
        shown = str(result)
        if shown.strip() == shown and shown:
            answer = f"`print({written})` prints `{shown}`."
            check = {"type": "exact", "text": f"prints `{shown}`"}
            return _with_key(ask(rng, _PRINT, "", answer, check, e=written), f"print({written})")
    marked = f"`{written}`" if rng.random() < 0.4 else written
    check = {"type": "exact", "text": f"gives `{result!r}`"}
    templates = _PLAIN if first else _THEN
    made = ask(rng, templates, "", f"`{written}` gives `{result!r}`.", check, e=marked)
    return _with_key(made, written)


def _with_key(made: Exchange, key: str) -> Exchange:
    return Exchange(made.question, made.answer, key, made.check, exact=True)


def value_of(written: str) -> object:
    """The value of an expression of this module."""
    return eval(written, {})


def expression(rng: random.Random) -> str:
    return rng.choice(_SORTS)(rng)


def _word(rng: random.Random) -> str:
    quote = rng.choice("'\"")
    return quote + rng.choice(_WORDS) + quote


def _numbers(rng: random.Random, least: int = 1, most: int = 4) -> str:
    return str([rng.randint(0, 9) for _ in range(rng.randint(least, most))])


def _length(rng: random.Random) -> str:
    text = rng.choice((_word, _word, _numbers))(rng)
    return rng.choice(("len({})", "len({})", f"len({{}}) == {rng.randint(1, 5)}")).format(text)


def _arithmetic(rng: random.Random) -> str:
    sign, first, second = rng.choice(
        (("+", 20, 20), ("-", 20, 20), ("*", 10, 10), ("//", 20, 9), ("%", 20, 9), ("**", 5, 3))
    )
    left, right = rng.randint(0, first), rng.randint(1, second)
    return f"{left} {sign} {right}"


def _division(rng: random.Random) -> str:
    right = rng.choice((1, 2, 2, 4, 5, 10))
    return f"{rng.randint(0, 20)} / {right}"


def _comparison(rng: random.Random) -> str:
    sign = rng.choice(("<", ">", "<=", ">=", "==", "!="))
    return f"{rng.randint(0, 20)} {sign} {rng.randint(0, 20)}"


def _logic(rng: random.Random) -> str:
    first, second = rng.choice(("True", "False")), rng.choice(("True", "False"))
    written = f"{first} {rng.choice(('and', 'or', '==', '!='))} {second}"
    return rng.choice((written, written, f"not {first}"))


def _case(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    written, method = rng.choice(
        ((word, "upper"), (word.upper(), "lower"), (word, "capitalize"), (word, "title"))
    )
    end = rng.choice(("", "", "", " + '!'"))
    quote = rng.choice("'\"")
    return f"{quote}{written}{quote}.{method}(){end}"


def _letter(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    place = rng.choice((0, 0, 1, 2, -1, -1))
    quote = rng.choice("'\"")
    return f"{quote}{word}{quote}[{place}]"


def _text_slice(rng: random.Random) -> str:
    cut = rng.choice(("[:1]", "[:2]", "[1:]", "[-1:]", "[1:2]", "[::-1]", "[:]"))
    quote = rng.choice("'\"")
    return quote + rng.choice(_TRIPLES) + quote + cut


def _letters(rng: random.Random) -> str:
    word = rng.choice(_TRIPLES)
    return rng.choice((f"list('{word}')", f"'-'.join('{word}')", f"sorted('{word}')"))


def _item(rng: random.Random) -> str:
    numbers = _numbers(rng, 3, 4)
    return numbers + rng.choice(("[0]", "[1]", "[2]", "[-1]", "[:2]", "[1:]", "[::-1]", "[-2:]"))


def _whole_list(rng: random.Random) -> str:
    name = rng.choice(("sorted", "max", "min", "len", "sum"))
    return f"{name}({_numbers(rng, 2, 3 if name == 'sum' else 4)})"


def _concatenation(rng: random.Random) -> str:
    if rng.random() < 0.4:
        return f"{_numbers(rng, 1, 2)} + {_numbers(rng, 1, 2)}"
    return f"{_word(rng)} + {_word(rng)}"


def _repetition(rng: random.Random) -> str:
    count = rng.randint(0, 4)
    shown = rng.choice((f"'{rng.choice('abcdexyz')}'", _word(rng), _numbers(rng, 1, 1)))
    return f"{shown} * {count}"


def _truth(rng: random.Random) -> str:
    empty = ("''", '""', "[]", "{}", "()", "0", "0.0", "None", "set()")
    full = (_word(rng), _numbers(rng), str(rng.randint(1, 99)), "' '", "[0]", "-1", "'0'")
    written = rng.choice((rng.choice(empty), rng.choice(full)))
    return rng.choice((f"bool({written})", f"bool({written})", f"not {written}"))


def _membership(rng: random.Random) -> str:
    if rng.random() < 0.4:
        return f"{rng.randint(0, 9)} in {_numbers(rng, 2, 4)}"
    word = rng.choice(_WORDS)
    letter = rng.choice((rng.choice(word), rng.choice("aeioxyz")))
    return f"'{letter}' {rng.choice(('in', 'in', 'not in'))} '{word}'"


def _conversion(rng: random.Random) -> str:
    number = rng.randint(0, 99)
    form = rng.choice(("int('{}')", "str({})", "float({})", "int({}.5)", "abs(-{})", "abs({})"))
    return form.format(number)


def _sequence(rng: random.Random) -> str:
    first, last = rng.randint(1, 3), rng.randint(4, 7)
    return rng.choice((f"list(range({last}))", f"list(range({first}, {last}))"))


def _lookup(rng: random.Random) -> str:
    first, second = rng.sample("abcxyz", 2)
    pairs = f"{{'{first}': {rng.randint(0, 9)}, '{second}': {rng.randint(0, 9)}}}"
    form = rng.choice(("{}['{}']", "{}['{}']", "{}.get('{}')", "len({})", "list({})"))
    return form.format(pairs, rng.choice((first, second)))


def _comprehension(rng: random.Random) -> str:
    count = rng.randint(2, 5)
    form = rng.choice(("n * n", "n + 1", "n * 2", "n"))
    return f"[{form} for n in range({count})]"


def _type(rng: random.Random) -> str:
    written = rng.choice((_word(rng), _numbers(rng), str(rng.randint(0, 99)), "2.5", "True", "()"))
    name = rng.choice(("int", "str", "list", "float", "bool", "dict"))
    return rng.choice((f"isinstance({written}, {name})", f"type({written}).__name__"))


def _affix(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    test = rng.choice(("startswith", "endswith"))
    letter = rng.choice((word[0], word[-1], rng.choice("abmst")))
    return f"'{word}'.{test}('{letter}')"


def _replacement(rng: random.Random) -> str:
    word = rng.choice(_TRIPLES)
    form = rng.choice(("'{0}'.replace('{1}', '{2}')", "'{0}'.count('{1}')", "'{0}'.find('{1}')"))
    return form.format(word, rng.choice(word), rng.choice("xyz"))


_SORTS: tuple[Callable[[random.Random], str], ...] = (
    *(_length, _arithmetic, _arithmetic, _division, _comparison, _logic, _case, _letter),
    *(_text_slice, _letters, _item, _whole_list, _concatenation, _repetition, _truth),
    *(_membership, _conversion, _sequence, _lookup, _comprehension, _type, _affix, _replacement),
)
