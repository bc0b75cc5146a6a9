"""What a chat template may do: attacks on Python, time and memory, and that useful things work."""

from __future__ import annotations

import time

import pytest
import tokenizer_samples as samples
from chat_samples import CHATS
from llmserve.chat_template import ChatTemplate
from llmserve.template_sandbox import TemplateLimits
from llmserve.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(samples.byte_level())


HARMLESS_LIMITS = TemplateLimits(max_seconds=2.0)

DOUBLING = "{% set n = namespace(s='aa') %}{% for i in range(99) %}BODY{% endfor %}"
TREE = "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(99) }}"


def doubling(body: str) -> str:
    """Doubles a value 99 times."""
    return DOUBLING.replace("BODY", body)


ATTACKS = {
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ raise_exception.__globals__['json'].dumps(1) }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "self": "{{ self.__init__.__globals__ }}",
    "format": "{{ '{0.__class__.__mro__}'.format('') }}",
    "format_map": "{{ '{x.__class__.__mro__}'.format_map({'x': ''}) }}",
    "mutation": "{{ messages.append(1) }}",
    "dict mutation": "{{ messages[0].update(role='x') }}",
    "namespace dunder": "{% set ns = namespace(__class__=1) %}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}{{ os }}",
    "range": "{% for i in range(1000000000) %}{% endfor %}",
    "nested loops": "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "endless recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "tree recursion": TREE,
    "repeat": "{{ 'a' * 1000000000 }}",
    "repeat list": "{{ [1] * 1000000000 }}",
    "power": "{{ 9 ** (9 ** 9) }}",
    "double +": doubling("{% set n.s = n.s + n.s %}"),
    "double ~": doubling("{% set n.s = n.s ~ n.s %}"),
    "double nested": "{{ 1 ~ ('a' ~ ('b' * 99999999)) }}",
    "double block": doubling("{% set x %}{{ n.s }}{{ n.s }}{% endset %}{% set n.s = x %}"),
    "double list": doubling("{% set n.s = [n.s, n.s] %}") + "{{ n.s }}",
    "double list json": doubling("{% set n.s = [n.s, n.s] %}") + "{{ n.s|tojson }}",
    "long output": "{% for i in range(99999) %}" + "x" * 9999 + "{% endfor %}",
    "caught output": "{% set x %}{% for i in range(9999) %}"
    + "x" * 9999
    + "{% endfor %}{% endset %}",
    "pad": "{{ 'a'.ljust(1000000000) }}",
    "center": "{{ 'a'|center(1000000000) }}",
    "indent": "{{ 'a'|indent(1000000000, true) }}",
    "json indent": "{{ [1]|tojson(indent=1000000000) }}",
    "printf": "{{ '%1000000000d' % 1 }}",
    "printf *": "{{ '%*d' % (1000000000, 1) }}",
    "format width": "{{ '{:1000000000}'.format(1) }}",
    "format nested": "{{ '{:{w}}'.format(1, w=1000000000) }}",
    "replace": "{% set x = 'a' * 9999999 %}{{ x.replace('a', x) }}",
    "replace filter": "{% set x = 'a' * 9999999 %}{{ x|replace('a', x) }}",
    "join": "{% set x = 'a' * 9999999 %}{{ ([x] * 99999)|join }}",
    "join method": "{% set x = 'a' * 9999999 %}{{ x.join(['a'] * 99999) }}",
    "strftime": "{{ strftime_now('%1000000000Y') }}",
    "lipsum": "{{ lipsum(1000000) }}",
}


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_attacks_are_refused(attack: str) -> None:
    begin = time.monotonic()
    with pytest.raises(ValueError, match=r"^The chat template ") as caught:
        template = ChatTemplate(ATTACKS[attack], HARMLESS_LIMITS)
        template.render(template.prepare(CHATS["user"]))
    assert "\n" not in str(caught.value)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''|attr('__class__')|attr('__mro__') }}",
        "{{ [messages]|map(attribute='__class__')|join }}",
        "{{ range.__self__ }}{{ namespace.mro }}",
        "{{ self._TemplateReference__context }}",
    ],
)
def test_python_is_out_of_sight(source: str) -> None:
    assert ChatTemplate(source).render([]) == ""


@pytest.mark.parametrize(
    "source, message",
    [
        ("{% if %}", "not valid"),
        ("{{ x", "not valid"),
        ("{{ x|nosuchfilter }}", "nosuchfilter"),
        ("(" * 5 + "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "not valid"),
        ("x" * 2_000_000, "2000000 characters"),
        ("{{ raise_exception('Roles must alternate\n!') }}", "Roles must alternate !$"),
        ("{{ messages[7].content }}", "failed"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 'a'.index('b') }}", "^The chat template failed: "),
        ("{{ {}|tojson(indent=none) }}{{ messages|tojson|int + 'x' }}", "failed"),
    ],
)
def test_errors_are_one_line(tokenizer: Tokenizer, source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        tokenizer.apply_chat_template(CHATS["user"], chat_template=source)
    assert "\n" not in str(caught.value)


def test_useful_things_work(tokenizer: Tokenizer) -> None:
    source = (
        "{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i > 3 %}{% break %}"
        "{% endif %}{{ i }}{{ ',' if not loop.last }}{{ loop.length }} {% else %}no{% endfor %}"
        "{{ dict(a=1) | tojson }}{{ '%s-%03d' % ('x', 7) }}{{ '{:>3}'.format(1) }}"
        "{{ [3, 1, 2] | sort | join('+') }}{{ ('a' ~ 1 ~ none) | upper }}{{ 'a b'.split(' ')[-1] }}"
        "{% generation %}{{ 'gen' }}{% endgeneration %}{{ strftime_now('%Y') | length }}"
    )
    text = tokenizer.apply_chat_template(CHATS["user"], chat_template=source)
    assert text == '0,9 2,9 3,9 {"a": 1}x-007  11+2+3A1NONEbgen4'
