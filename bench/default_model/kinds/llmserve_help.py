"""Questions about llmserve itself: what it is, how it is used, what flags, parameters, words,
endpoints and errors mean. What is true of llmserve stands in the tables of llmserve_help_*_data.py,
how one asks for it in llmserve_help_wordings_data.py.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..exchange import Exchange, expand
from . import llmserve_help_wordings_data as wordings
from .llmserve_help_flags_data import FLAGS, Flag
from .llmserve_help_models_data import MODEL_TOPICS
from .llmserve_help_params_data import PARAMS, Param
from .llmserve_help_terms_data import (
    ENDPOINTS,
    FAMILIES,
    STATUSES,
    TERMS,
    Endpoint,
    Family,
    Status,
    Term,
)
from .llmserve_help_topics_data import TOPICS, Topic, bash, python
from .llmserve_help_work_data import WORK_TOPICS

__all__ = ["exchanges"]

_MODEL = "Qwen/Qwen3-0.6B"


class _Ask(NamedTuple):
    """One thing to know about a subject.

    kind: "what", "default" and so on; subjects of one group share them. opens: templates that name
    the subject; then: those that rely on what was said before.
    """

    kind: str
    opens: Sequence[str]
    then: Sequence[str]
    answer: str
    check: dict[str, Any]


class _Subject(NamedTuple):
    """names: templates of how it is called, none for a topic. The first ask is the main one."""

    name: str
    names: Sequence[str]
    asks: Sequence[_Ask]
    goal: str = ""


def exchanges(rng: random.Random) -> list[Exchange]:
    """A question about llmserve, in half of all cases with others that follow from it."""
    group = rng.choices(_GROUPS, _WEIGHTS)[0]
    subject = rng.choice(group)
    first = subject.asks[0]
    # The main ask is what users ask most; the others share the rest.
    if rng.random() < 0.6:
        first = rng.choice([ask for ask in subject.asks if ask.opens])
    said = [_exchange(rng, subject, first, rng.choice(first.opens))]
    if rng.random() < 0.5:
        return said
    last = first
    for ask in _follow_ups(rng, subject, first):
        said.append(_exchange(rng, subject, ask, rng.choice(ask.then)))
        last = ask
    if len(said) == 1 or rng.random() < 0.3:
        said.append(_turn(rng, group, subject, last))
    if len(said) < 4 and rng.random() < 0.1:
        said.append(_thanks(rng))
    return said


def _follow_ups(rng: random.Random, subject: _Subject, first: _Ask) -> Sequence[_Ask]:
    """None, one or two other asks of the subject."""
    left = [ask for ask in subject.asks if ask is not first and ask.then]
    if first.kind != "how":  # who named the flag does not ask for its name
        left = [ask for ask in left if ask.kind != "which"]
    return rng.sample(left, min(len(left), rng.randint(0, 2)))


def _exchange(rng: random.Random, subject: _Subject, ask: _Ask, shape: str) -> Exchange:
    name = expand(rng, rng.choice(subject.names)) if subject.names else ""
    question = expand(rng, shape, name=name, goal=expand(rng, subject.goal))
    question = question[:1].upper() + question[1:] if question.startswith("the ") else question
    key = f"{subject.name} | {ask.kind} | " + question.rstrip(".?!")
    return Exchange(question, ask.answer, key, ask.check)


def _turn(rng: random.Random, group: Sequence[_Subject], subject: _Subject, last: _Ask) -> Exchange:
    """The same question about another subject of the group, or a question about llmserve."""
    if subject.names and rng.random() < 0.6:
        other = rng.choice([one for one in group if one is not subject])
        same = [ask for ask in other.asks if ask.kind == last.kind and ask.opens]
        ask = same[0] if same and last.kind != "how" else other.asks[0]
        shape = "[And {name}?|What about {name}?|How about {name}?|And for {name}?]"
        return _exchange(rng, other, ask, shape)
    related = [one for one in group if one is not subject and one.asks[0].then]
    if not subject.names and related:
        other = rng.choice(related)
        return _exchange(rng, other, other.asks[0], rng.choice(other.asks[0].then))
    other = rng.choice(_TOPIC_GROUPS[1])
    return _exchange(rng, other, other.asks[0], rng.choice(other.asks[0].opens))


def _thanks(rng: random.Random) -> Exchange:
    question = expand(
        rng, "[Thanks|Thank you|Thanks a lot|Great, thanks|OK, thank you|Thanks for your help][.|!]"
    )
    answer = "You're welcome! Ask me anything else about llmserve."
    return Exchange(question, answer, question.rstrip(".!"), _words("welcome"))


def _words(groups: str, none: str = "") -> dict[str, Any]:
    """A check of words: groups apart by ";", their choices by "|"."""
    check: dict[str, Any] = {"type": "words"}
    check["all"] = [group.split("|") for group in groups.split(";")]
    if none:
        check["none"] = none.split("|")
    return check


def _flag_subject(flag: Flag) -> _Subject:
    text = f"--{flag.name}"
    keyword = flag.name.replace("-", "_")
    written, how = f"{text} {_shell(flag.value)}".strip(), f"It {flag.does}."
    if flag.default == "on":
        written, how = f"--no-{flag.name}", f"Without it, llmserve {flag.does}."
    named = written.split(" ", 1)[0]
    model = "" if flag.name == "model" else f" {_MODEL}"
    default = "" if flag.default is None else f" The default is {flag.default}."
    example = f"For example:\n{bash(f'llmserve serve{model} {written}')}"
    more = f"`llmserve serve --help` says more about `{text}`."
    asks = [
        _Ask(
            "what",
            wordings.WHAT,
            wordings.THEN_WHAT,
            f"`{text}` {flag.does}.{default}",
            _words(f"{text};{flag.words}"),
        ),
        _Ask("how", wordings.HOW, (), f"Use `{written}`. {how}", _words(named)),
        _Ask(
            "example",
            wordings.EXAMPLE,
            wordings.THEN_EXAMPLE,
            example,
            _words(f"llmserve serve;{named}"),
        ),
        _Ask("which", (), wordings.THEN_WHICH_FLAG, f"`{named}` sets that.", _words(named)),
        _Ask("more", (), wordings.THEN_MORE, more, _words(f"llmserve serve --help;{text}")),
    ]
    if flag.default is not None:
        asks.append(_default_ask(text, flag.default))
    if flag.in_engine:
        asks.append(_keyword_ask(flag, keyword))
    names = [text, text, text, f"the flag {text}", f"the {text} flag", f"the option {text}"]
    if "_" in keyword:
        names.append(keyword)
    if flag.in_engine and "_" in keyword:  # "chat template" alone means the thing itself
        names.append(keyword.replace("_", " "))
    return _Subject(text, names, asks, flag.goal)


def _default_ask(name: str, default: str) -> _Ask:
    answer = f"The default of `{name}` is {default}."
    check = _words(f"{name};{default.split(',')[0]}")
    return _Ask("default", wordings.DEFAULT, wordings.THEN_DEFAULT, answer, check)


def _keyword_ask(flag: Flag, keyword: str) -> _Ask:
    if flag.is_switch:
        value = str(flag.default != "on")
    elif re.fullmatch(r"[\d.]+|\{.*\}", flag.value):
        value = flag.value
    else:
        value = f'"{flag.value}"'
    given = f"{keyword}={value}" if flag.name == "model" else f'"{_MODEL}", {keyword}={value}'
    answer = f"As a keyword of LLM:\n{python(f'llm = LLM({given})')}"
    check = _words(f"LLM;{keyword}")
    return _Ask("python", wordings.PYTHON, wordings.THEN_PYTHON, answer, check)


def _shell(value: str) -> str:
    return f"'{value}'" if " " in value else value


def _param_subject(param: Param) -> _Subject:
    name = param.name
    what = f"`{name}` {param.does}. The default is {param.default}."
    example = f"For example:\n{python(f'params = SamplingParams({name}={param.value})')}"
    asks = [
        _Ask(
            "what",
            wordings.WHAT,
            wordings.THEN_WHAT,
            what,
            _words(f"`{name}`;{param.words}"),
        ),
        _Ask("how", wordings.PARAM_HOW, (), f"Set `{name}`. It {param.does}.", _words(f"`{name}`")),
        _Ask(
            "example",
            (*wordings.EXAMPLE, *wordings.PARAM_PYTHON),
            (*wordings.THEN_EXAMPLE, *wordings.THEN_PARAM_PYTHON),
            example,
            _words(f"SamplingParams;{name}"),
        ),
        _Ask("which", (), wordings.THEN_WHICH_PARAM, f"`{name}` sets that.", _words(f"`{name}`")),
        _default_ask(name, param.default),
    ]
    if param.allowed is not None:
        # Of a range a right answer must hold the numbers, or else all of it.
        figures = ";".join(re.findall(r"-?\d+", param.allowed)) or param.allowed
        check = _words(f"`{name}`;{figures}")
        answer = f"`{name}` may be {param.allowed}."
        asks.append(_Ask("range", wordings.RANGE, wordings.THEN_RANGE, answer, check))
    if param.client:
        asks.append(_client_ask(param))
    names = [f"the parameter {name}", f"{name} in SamplingParams", *param.said]
    # A single letter or an everyday word alone says nothing of sampling.
    if name not in ("n", "stop", "seed"):
        names += [name, name, name]
    return _Subject(f"parameter {name}", names, asks, param.goal)


def _client_ask(param: Param) -> _Ask:
    given, words = f"{param.name}={param.value}", f"create;{param.name}"
    if param.client == "extra_body":
        given, words = f'extra_body={{"{param.name}": {param.value}}}', f"{words};extra_body"
    code = python(f"client.chat.completions.create(..., {given})")
    answer = f"Like this:\n{code}"
    return _Ask("client", wordings.CLIENT, wordings.THEN_CLIENT, answer, _words(words))


def _term_subject(term: Term) -> _Subject:
    opens = [*wordings.MEANING, *(one.replace("BARE", term.bare) for one in wordings.BARE_MEANING)]
    more = "README.md and cpp/README.md of llmserve say more about it."
    asks = [
        _Ask("what", opens, (), term.says, _words(term.words)),
        _Ask("more", (), wordings.THEN_MORE, more, _words("README.md;cpp/README.md")),
    ]
    if term.setting:
        kind = "flag" if term.setting.startswith("--") else "parameter"
        then = [one.replace("KIND", kind) for one in wordings.THEN_SETTING]
        opens = [one.replace("KIND", kind) for one in wordings.SETTING]
        answer = f"The {kind} `{term.setting}` has to do with it."
        asks.append(_Ask("setting", opens, then, answer, _words(f"`{term.setting}`")))
    return _Subject(term.bare, (term.name,), asks)


def _endpoint_subject(endpoint: Endpoint) -> _Subject:
    call = f"{endpoint.method} {endpoint.path}"
    other = "POST" if endpoint.method == "GET" else "GET"
    method = f"It is a {endpoint.method}: `{call}`."
    asks = [
        _Ask(
            "what",
            wordings.ENDPOINT,
            (),
            f"`{call}` {endpoint.does}.",
            _words(f"{call};{endpoint.words}"),
        ),
        _Ask("method", wordings.METHOD, wordings.THEN_METHOD, method, _words(call, none=other)),
    ]
    if endpoint.method == "GET":
        example = f"For example:\n{bash(f'curl localhost:8000{endpoint.path}')}"
        check = _words(f"curl;localhost:8000{endpoint.path}")
        asks.append(_Ask("example", wordings.CALL, wordings.THEN_EXAMPLE, example, check))
    return _Subject(call, (endpoint.path,), asks)


def _status_subject(status: Status) -> _Subject:
    code = str(status.code)
    ask = _Ask("what", wordings.STATUS, (), status.says, _words(f"{code};{status.words}"))
    return _Subject(f"status {code}", (code,), [ask])


def _family_subject(family: Family) -> _Subject:
    name, example = family.name, family.example
    yes = f"Yes, llmserve serves {name} models, such as {example}."
    command = f"For example:\n{bash(f'llmserve serve {example}')}"
    check = _words(f"llmserve serve;{example}")
    asks = [
        _Ask("what", wordings.SUPPORTED, (), yes, _words(f"yes;{name}")),
        _Ask("serve", wordings.SERVE, wordings.THEN_SERVE, command, check),
    ]
    return _Subject(name, (name,), asks)


def _topic_subject(topic: Topic) -> _Subject:
    more = "README.md shows how to use llmserve; cpp/README.md explains how the core works."
    asks = [
        _Ask("what", topic.asks, topic.then, topic.says, _words(topic.words, topic.none)),
        _Ask("more", (), wordings.THEN_MORE, more, _words("README.md;cpp/README.md")),
    ]
    return _Subject(topic.name, (), asks)


_TOPIC_GROUPS = [
    [_topic_subject(topic) for topic in group] for group in (*TOPICS, *MODEL_TOPICS, *WORK_TOPICS)
]
_GROUPS = [
    *_TOPIC_GROUPS,
    [_flag_subject(flag) for flag in FLAGS],
    [_param_subject(param) for param in PARAMS],
    [_term_subject(term) for term in TERMS],
    [_endpoint_subject(endpoint) for endpoint in ENDPOINTS],
    [_status_subject(status) for status in STATUSES],
    [_family_subject(family) for family in FAMILIES],
]
# What llmserve is and how it is started is asked more often than a single error or flag.
_WEIGHTS = [8, 16, 4, 7, 4, 6, 6, 4, 26, 20, 14, 4, 4, 3]
