"""Questions about the standard library: what a name does, what one needs for a task."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ...exchange import Exchange
from .builtins_data import BUILTINS
from .modules_data import FUNCTIONS, MODULES
from .tables import ask, entries, fence, plain, python_check, words_check

__all__ = ["ENTRIES", "Entry", "library"]

_SUBMODULES = ("urllib.request", "urllib.parse", "unittest.mock", "xml.etree.ElementTree")
_CLASSES = {
    "Path": ("path", "from pathlib import Path"),
    "ArgumentParser": ("parser", "import argparse"),
    "str": ("string", ""),
    "bytes": ("bytes object", ""),
    "list": ("list", ""),
    "dict": ("dictionary", ""),
    "set": ("set", ""),
    "file": ("file", ""),
}
_OPPOSITES = {
    "str.upper": "str.lower",
    "min": "max",
    "any": "all",
    "chr": "ord",
    "str.split": "str.join",
    "str.lstrip": "str.rstrip",
    "str.startswith": "str.endswith",
    "str.removeprefix": "str.removesuffix",
    "str.ljust": "str.rjust",
    "str.encode": "bytes.decode",
    "list.append": "list.pop",
    "set.add": "set.remove",
    "file.read": "file.write",
    "os.mkdir": "os.rmdir",
    "os.path.isfile": "os.path.isdir",
    "os.path.basename": "os.path.dirname",
    "Path.read_text": "Path.write_text",
    "math.floor": "math.ceil",
    "math.exp": "math.log",
    "math.sin": "math.cos",
    "json.loads": "json.dumps",
    "json.load": "json.dump",
    "pickle.load": "pickle.dump",
    "csv.reader": "csv.writer",
    "heapq.heappush": "heapq.heappop",
    "getattr": "setattr",
    "hasattr": "delattr",
    "globals": "locals",
    "open": "file.close",
    "datetime.datetime.strftime": "datetime.datetime.strptime",
    "set.issubset": "set.issuperset",
    "str.isupper": "str.islower",
}
_OPPOSITES |= {second: first for first, second in _OPPOSITES.items()}

_WHAT = (
    "What does {x} do[| in Python]?",
    "What is {x}[| in Python]?",
    "What is {x} [for|good for|used for]?",
    "[Explain|Describe] {x}[| to me].",
    "[Tell me|Please tell me] what {x} does.",
    "[Can|Could] you [tell me|explain] what {x} does?",
    "Do you know what {x} does?",
    "[When|Why] [do|would|should] I use {x}?",
    "I [saw|found] {x} in [some code|a program]. What [does it do|is it]?",
    "What's the [purpose|use] of {x}?",
    "What [can|could] I do with {x}?",
    "{x} - what does it do?",
    "What does Python's {n} do?",
    "[I do not understand|I don't understand] {x}. [What does it do|Can you explain it]?",
)
_HOW = (
    "How [do|can|would|could] I {t}[| in Python]?",
    "How to {t}[| in Python]?",
    "[Which|What] {k} do I [use|need] to {t}?",
    "I [want|need|would like] to {t}[| in Python]. [How|What do I use|What should I use]?",
    "What is the [best|easiest|usual|right] way to {t}[| in Python]?",
    "[Tell me|Explain] how to {t}[| in Python].",
    "[Can|Could] you tell me how to {t}[| in Python]?",
    "Is there a {k} to {t}?",
    "What [lets me|can I use to] {t}[| in Python]?",
    "How [does one|do you] {t}[| in Python]?",
    "In Python, how [do|can] I {t}?",
    "What's the {k} to {t}?",
    "I have to {t}. [Any idea|What helps]?",
    "Python: {t}",
)
_WHICH = (
    "[Which|What] {k} {p}?",
    "[Which|What] {k} of Python {p}?",
    "Name [a|the] {k} that {p}.",
    "[Tell me|Give me] the {k} that {p}.",
    "I am looking for [a|the] {k} that {p}.",
    "What is the name of the {k} that {p}?",
)
_WHICH_DOES = (
    "[Which|What] {k} {s}?",
    "[Which|What] {k} [in|of] Python {s}?",
    "[Is there|Does Python have] a {k} that {s}?",
    "[Name|Tell me|Give me] a {k} that {s}.",
    "[I need|I am looking for] something that {s}.",
    "What is the {k} that {s}?",
)
_SHOW = (
    "[Show me|Give me] an example [of|for|with] {x}.",
    "[Can|Could] you show [me|] how {x} is used?",
    "How do I use {x}?",
    "[Show me|Tell me] how to use {x}.",
    "What does a call of {x} look like?",
    "Do you have an example [of|for] {x}?",
)
_EXAMPLE = (
    "[Can|Could] you show [me|] an example?",
    "[Give me|Show me|I need] an example.",
    "Do you have an example?",
    "[For example|An example|Example]?",
    "How does that look in code?",
    "Show me [some|the] code.",
)
_RETURNS = (
    "What does it return?",
    "And what [does it return|do I get back]?",
    "What is its [result|return value]?",
)
_CALL = ("How do I call it?", "How is it called?", "What does the call look like?")
_IMPORT = (
    "Do I [have|need] to import [it|something|anything]?",
    "Does it need an import?",
    "Do I need an import[| for it]?",
)
_OPPOSITE = (
    "And the opposite?",
    "What is the opposite[| of it]?",
    "And the other way [round|around]?",
    "What is its counterpart?",
)


@dataclass(frozen=True)
class Entry:
    """A name of the library: how it is called, what it does, and what it is needed for."""

    call: str
    does: str
    tasks: tuple[str, ...]
    example: str
    value: str | None
    is_module: bool

    @property
    def name(self) -> str:
        return self.call.partition("(")[0]

    @property
    def sort(self) -> str:
        """What one calls such a thing."""
        if self.is_module:
            return "module"
        if self.name.partition(".")[0] in _CLASSES and "." in self.name:
            return "method"
        if "(" not in self.call:
            return "part of the library"
        return "class" if self.does.startswith("is ") else "function"

    @property
    def needs(self) -> str:
        """The import that it needs, or nothing."""
        owner, dot, _ = self.name.partition(".")
        if self.is_module:
            return f"import {next((m for m in _SUBMODULES if m in self.example), self.name)}"
        if not dot or owner in _CLASSES:
            return _CLASSES[owner][1] if dot else ""
        return f"import {next((m for m in _SUBMODULES if self.name.startswith(m)), owner)}"

    @property
    def shown(self) -> str:
        return f"The `{self.name}` module" if self.is_module else f"`{self.call}`"

    @property
    def sentence(self) -> str:
        return f"{self.shown} {plain(self.does)}."

    @property
    def code(self) -> str:
        """The example with its import and its value."""
        value = "" if self.value is None else f"  # {self.value}"
        return (f"{self.needs}\n\n" if self.needs else "") + self.example + value


def _read(table: str, is_module: bool = False) -> list[Entry]:
    found = []
    for line in entries(table):
        head, tasks, example = line.split(" | ", 2)
        call, _, does = head.partition(": ")
        code, arrow, value = example.partition(" -> ")
        known = value if arrow else None
        found.append(Entry(call, does, tuple(tasks.split("; ")), code, known, is_module))
    return found


ENTRIES = [*_read(BUILTINS), *_read(MODULES, is_module=True), *_read(FUNCTIONS)]
_BY_NAME = {entry.name: entry for entry in ENTRIES}


def library(rng: random.Random) -> list[Exchange]:
    """A question about one name of the library, perhaps with more about it."""
    entry = rng.choice(ENTRIES)
    first = rng.choice((_what, _what, _how, _how, _which, _show))
    made = [first(rng, entry)]
    if rng.random() < 0.5:
        ways = [_example, _import, _call, _returns, _opposite]
        if first is _show:
            ways.remove(_example)
        for way in rng.sample(ways, rng.choice((2, 2, 3, 4))):
            made += way(rng, entry)
            if way is _opposite and len(made) > 1 and made[-1].key.startswith(_OPPOSITE):
                break  # what follows would be about the opposite
    return made


def _what(rng: random.Random, entry: Entry) -> Exchange:
    values = {"x": _naming(rng, entry), "n": entry.name}
    return ask(rng, _WHAT, entry.name, entry.sentence, words_check(entry.does), **values)


def _how(rng: random.Random, entry: Entry) -> Exchange:
    task = rng.choice(entry.tasks)
    shown = f"the `{entry.name}` module" if entry.is_module else entry.shown
    answer = f"Use {shown}; it {plain(entry.does)}."
    check = {"type": "words", "all": [[entry.name]]}
    third = _third_person(task)
    if " and " not in task and third != plain(entry.does) and rng.random() < 0.2:
        return ask(rng, _WHICH_DOES, task, answer, check, s=third, k=entry.sort)
    return ask(rng, _HOW, task, answer, check, t=task, k=entry.sort)


def _third_person(task: str) -> str:
    """ "Get the length" as "gets the length"."""
    verb, _, rest = task.partition(" ")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        verb = f"{verb[:-1]}ies"
    else:
        verb += "es" if verb.endswith(("ch", "sh", "ss", "x", "o")) else "s"
    return f"{verb} {rest}"


def _which(rng: random.Random, entry: Entry) -> Exchange:
    check = {"type": "words", "all": [[entry.name]]}
    values = {"k": entry.sort, "p": plain(entry.does)}
    return ask(rng, _WHICH, entry.name, entry.sentence, check, **values)


def _show(rng: random.Random, entry: Entry) -> Exchange:
    return ask(rng, _SHOW, entry.name, *_shown_example(entry), x=_naming(rng, entry))


def _example(rng: random.Random, entry: Entry) -> list[Exchange]:
    return [ask(rng, _EXAMPLE, entry.name, *_shown_example(entry))]


def _shown_example(entry: Entry) -> tuple[str, dict[str, object]]:
    last = entry.name if entry.is_module else entry.name.rpartition(".")[2]
    return f"Here is an example:\n{fence(entry.code)}", python_check(last)


def _returns(rng: random.Random, entry: Entry) -> list[Exchange]:
    if not entry.does.startswith("returns "):
        return []
    return [ask(rng, _RETURNS, entry.name, f"It {plain(entry.does)}.", words_check(entry.does))]


def _call(rng: random.Random, entry: Entry) -> list[Exchange]:
    if "(" not in entry.call:
        return []
    check = {"type": "exact", "text": f"`{entry.call}`"}
    return [ask(rng, _CALL, entry.name, f"Call it as `{entry.call}`.", check)]


def _import(rng: random.Random, entry: Entry) -> list[Exchange]:
    if entry.needs:
        answer = f"Yes, write `{entry.needs}` first."
        check = {"type": "words", "all": [[entry.needs]]}
    else:
        answer = f"No, `{entry.name}` needs no import."
        check = {"type": "words", "all": [["No"], [entry.name]], "none": ["yes"]}
    return [ask(rng, _IMPORT, entry.name, answer, check)]


def _opposite(rng: random.Random, entry: Entry) -> list[Exchange]:
    if entry.name not in _OPPOSITES:
        return []
    other = _BY_NAME[_OPPOSITES[entry.name]]
    check = {"type": "words", "all": [[other.name]]}
    return [ask(rng, _OPPOSITE, entry.name, other.sentence, check)]


def _naming(rng: random.Random, entry: Entry) -> str:
    """The name as people write it."""
    name = entry.name
    if entry.is_module:
        forms = ["the {} module", "the `{}` module", "the module {}", "Python's {} module"]
        return rng.choice(forms).format(name)
    forms = ["{}", "`{}`"]
    if "(" in entry.call:
        forms += ["{}()", "`{}()`", f"the {{}} {entry.sort}"]
    owner, _, last = name.rpartition(".")
    if entry.sort == "method":
        forms.append(f"the {last} method of a {_CLASSES[owner][0]}")
    return rng.choice(forms).format(name)
