"""How to do everyday things, step by step, and tips for getting better at something."""

from __future__ import annotations

import random
import re

from ..exchange import Exchange
from .lists import among, bullets, count_phrase, follow_up, numbered
from .steps_data import STEPS, TIPS

__all__ = ["exchanges"]

_HOW = (
    "How do I {do}?",
    "How can I {do}?",
    "How to {do}[?|]",
    "How would I {do}?",
    "How should I {do}?",
    "How does one {do}?",
    "[Tell|Show] me how to {do}.",
    "[Can|Could] you [tell|show] me how to {do}?",
    "[Can|Could] you explain how to {do}?",
    "Explain [to me |]how to {do}.",
    "Explain how to {do} step by step.",
    "[Give me|Write|List] the steps to {do}.",
    "What are the steps to {do}?",
    "What do I [have|need] to do to {do}?",
    "What is the [best|right] way to {do}?",
    "I want to {do}. [How?|How do I do that?|What do I do?]",
    "I do not know how to {do}.",
    "I have never learned how to {do}. [Help!|Can you help me?]",
    "Do you know how to {do}?",
    "Step by step: how do I {do}?",
    "[Write|Give me] [a short guide|short instructions|instructions] to {do}.",
    "[Give me|I need] instructions on how to {do}.",
    "Help me {do}.",
    "Teach me [how |]to {do}.",
    "I would like to {do}. What are the steps?",
    "I need to {do}. What must I do?",
    "My child wants to {do}. How does it work?",
)
_STEP = (
    "What [is|was] step {number}?",
    "[Repeat|Tell me] step {number}[ again|].",
    "Step {number} again[?|, please.]",
    "What do I do in step {number}?",
    "[Sorry, what|What] was number {number}?",
)
_FIRST = ("What [do I do|comes|is] first?", "How do I start?", "Where do I [start|begin]?")
_LAST = ("What [do I do|comes] last?", "And the last step?", "What is the last step?")
_NEXT = (
    "What comes after step {number}?",
    "I have done step {number}. What is next?",
    "[I am done with|I finished] step {number}. [And now?|What now?]",
    "And after step {number}?",
)
_HOW_MANY = ("How many steps [is that|are there|are these]?", "How many steps do I need?")

_ADVICE = (
    "[Give|Tell] me {n} tips [for|on] {topic}.",
    "{n} tips [for|on] {topic}[, please.|]",
    "[Name|List|Write] {n} tips [for|on] {topic}.",
    "What are {n} [good |]tips for {topic}?",
    "[Can|Could] you give me {n} tips for {topic}?",
    "I need {n} tips for {topic}.",
    "Do you have {n} tips for {topic}?",
    "[Give|Tell] me {n} [ideas|pieces of advice] for {topic}.",
)
_SOME_ADVICE = (
    "How can I {goal}?",
    "How do I {goal}?",
    "I want to {goal}. [Any tips?|What can I do?|Do you have tips?]",
    "I would like to {goal}. [Any tips?|What can I do?]",
    "[Do you have|Have you got] [any|some] tips to {goal}?",
    "What [can|should] I do to {goal}?",
    "What helps to {goal}?",
    "Tips to {goal}[?|, please.]",
    "Help me {goal}.",
    "What is the best way to {goal}?",
    "[Give me|I need] some advice[:|.] I want to {goal}.",
)
_MORE_ADVICE = (
    "[Another one|One more][, please|].",
    "[Do you have|Is there] another [tip|one]?",
    "Give me another [tip|one].",
    "[Any more tips|Anything else|What else]?",
    "One more tip[, please|].",
)
_THANKS = ("[Thanks|Thank you]!", "[Thanks|Thank you], that helps.", "Thank you very much.")


def _marked(text: str) -> list[str]:
    return re.findall(r"\*(.+?)\*", text)


def _how_to(rng: random.Random) -> list[Exchange]:
    names, rows = rng.choice(STEPS)
    do = rng.choice(names)
    steps = [row.replace("*", "") for row in rows]
    question, wording = follow_up(rng, _HOW, do=do)
    check = {"type": "ordered", "values": [word for row in rows for word in _marked(row)]}
    conversation = [Exchange(question, numbered(steps), f"{wording}|{do}", check)]
    if rng.random() < 0.5:
        conversation.append(_about_steps(rng, names[0], steps))
    if rng.random() < 0.2:
        conversation.append(_thanks(rng))
    return conversation


def _about_steps(rng: random.Random, name: str, steps: list[str]) -> Exchange:
    """Asks for one of the steps again, or how many there are."""
    asked = rng.choice((_STEP, _STEP, _NEXT, _NEXT, _FIRST, _LAST, _HOW_MANY))
    last = len(steps) - 1
    number = rng.randrange(last) if asked is _NEXT else rng.randrange(last + 1)
    question, wording = follow_up(rng, asked, number=number + 1)
    key = f"{wording}|{name}|{number if '{number}' in wording else ''}"
    if asked is _HOW_MANY:
        return Exchange(
            question, f"There are {last + 1} steps.", key, {"type": "number", "value": last + 1}
        )
    place = {_FIRST: 0, _LAST: last, _NEXT: number + 1}.get(asked, number)
    return Exchange(question, steps[place], key, {"type": "exact", "text": steps[place]})


def _tips(rng: random.Random) -> list[Exchange]:
    names, tips = rng.choice(TIPS)
    if rng.random() < 0.5:
        count, topic = rng.choice((2, 3, 3, 4, 5)), rng.choice(names[1:])
        question, wording = follow_up(rng, _ADVICE, n=count_phrase(rng, count), topic=topic)
        key = f"{wording}|{topic}|{count}"
    else:
        goal, count = names[0], 3
        question, wording = follow_up(rng, _SOME_ADVICE, goal=goal)
        key = f"{wording}|{goal}"
    conversation = [Exchange(question, bullets(tips[:count]), key, among(count, tips))]
    if count < len(tips) and rng.random() < 0.5:
        question, wording = follow_up(rng, _MORE_ADVICE)
        key = f"{wording}|{names[0]}|{count}"
        check = among(1, tips[count:])
        conversation.append(Exchange(question, f"- {tips[count]}", key, check))
    if rng.random() < 0.2:
        conversation.append(_thanks(rng))
    return conversation


def _thanks(rng: random.Random) -> Exchange:
    question, wording = follow_up(rng, _THANKS)
    check = {"type": "words", "all": [["welcome"]]}
    return Exchange(question, "You are welcome!", wording, check)


def exchanges(rng: random.Random) -> list[Exchange]:
    """A guide or some tips, and often a question about them."""
    return rng.choices((_how_to, _tips), (3, 2))[0](rng)
