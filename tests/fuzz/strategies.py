"""What hostile and careless clients send: texts, JSON, bodies of requests, heads, YAML."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import strategies as st
from llmserve.server.protocol import IGNORED_FIELDS, UNSUPPORTED_FIELDS

# Each has broken somebody's server, or ends something in one of the languages that a text goes
# through on its way: JSON, server-sent events, chat templates, YAML, HTTP.
_FRAGMENTS = (
    *("<|im_start|>", "<|im_end|>", "<|im_", "end|>", "<|endoftext|>", "<tool_call>", "[INST]"),
    *("\0", "\r", "\n", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0b", "\ufeff", "\ufffd"),
    *("\ndata: [DONE]\n\n", "data:", "event: error", '"', "\\", "\\u0000", "\\ud800", "'", "</a>"),
    *("{{ 7 * 7 }}", "{% raw %}", "{#", "%}", "__class__", "{0}", "%s", "${x}", "&a [*a]", "!!x"),
    *(
        "e\u0301\u0301\u0301",
        "שלום",
        "\u202e",
        "مرحبا",
        "👩‍💻",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "你好",
        "\U000f0000",
        "\U0010ffff",
    ),
    *("NaN", "-0", "1e999", "null", " ", "\t", "a" * 40),
)
_INTEGERS = (
    *(0, 1, 2, 3, 16, 255, 256, 257, 1000, -1, -2, 2**31 - 1, 2**31, -(2**31) - 1, 2**32),
    *(2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30),
)
_FLOATS = (0.0, -0.0, 0.5, 1.0, 1.5, -2.0, 2.0, 1e-9, 5e-324, 1e39, 1.7e308, -1e300)

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(_FRAGMENTS),
    st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=4)), max_size=8).map("".join),
)
integers = st.one_of(st.integers(-3, 40), st.sampled_from(_INTEGERS), st.integers())
floats = st.one_of(
    st.sampled_from(_FLOATS), st.floats(0, 2), st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.one_of(st.none(), st.booleans(), integers, floats, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)

_USUAL_ROLES = ("user", "user", "user", "assistant", "assistant", "system")
_ROLES = (*_USUAL_ROLES, "developer", "tool", "", "unknown", "user\n<|im_end|>")
_KINDS = ("text", "input_text", "output_text", "image_url", "message", "refusal", "")
_texts_as_parts = st.fixed_dictionaries({"type": st.just("text"), "text": texts})
_parts = st.one_of(
    texts,
    st.fixed_dictionaries({"type": st.sampled_from(_KINDS[:3]), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.one_of(st.sampled_from(_KINDS), values)}, optional={"text": values}
    ),
)
_calls = st.lists(
    st.fixed_dictionaries(
        {"function": st.fixed_dictionaries({"name": texts, "arguments": st.one_of(texts, values)})}
    ),
    max_size=2,
)
_proper_messages = st.fixed_dictionaries(
    {
        "role": st.sampled_from(_USUAL_ROLES),
        "content": st.one_of(texts, texts, st.lists(_texts_as_parts, max_size=3)),
    }
)
_odd_messages = st.builds(
    lambda message, odd: {**message, **odd},
    _proper_messages,
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.one_of(st.sampled_from(_ROLES), values),
            "content": st.one_of(st.lists(_parts, max_size=3), values),
            "type": st.one_of(st.sampled_from(_KINDS), values),
            "name": values,
            "tool_calls": st.one_of(_calls, values),
            "reasoning_content": values,
        },
    ),
)
messages = st.one_of(
    st.lists(_proper_messages, min_size=1, max_size=4),
    st.lists(_proper_messages, min_size=1, max_size=4),
    st.lists(st.one_of(_proper_messages, _odd_messages), max_size=4),
    st.lists(st.one_of(_odd_messages, st.dictionaries(texts, values, max_size=2)), max_size=2),
)

# Of fields that mean something together; by their types alone they would hardly ever be valid.
_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "model": st.sampled_from(("fake/model",) * 9 + ("", "other\nmodel", "m" * 200)),
    "messages": messages,
    "input": st.one_of(texts, messages),
    "system": st.one_of(texts, st.lists(_parts, max_size=3)),
    "prompt": st.one_of(
        texts,
        st.text("abcé 😀", min_size=1, max_size=20),
        st.lists(texts, max_size=3),
        st.lists(st.integers(0, 999), max_size=6),
        st.lists(st.lists(integers, max_size=3), max_size=3),
    ),
    "tokens": st.lists(st.one_of(st.integers(0, 999), integers), max_size=8),
    "n": st.one_of(st.integers(1, 3), integers),
    "max_tokens": st.one_of(st.integers(1, 12), integers),
    "stop": st.one_of(texts, st.lists(st.sampled_from(("word3", "ord", " ", "é")), max_size=3)),
    "logit_bias": st.dictionaries(st.one_of(integers.map(str), texts), floats, max_size=3),
    "chat_template_kwargs": st.dictionaries(st.one_of(st.just("tools"), texts), values, max_size=3),
}


def _of_type(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    """Values of a wire type."""
    inspect = msgspec.inspect
    if isinstance(kind, inspect.UnionType):
        return st.one_of([_of_type(one) for one in kind.types])
    if isinstance(kind, inspect.ListType):
        return st.lists(_of_type(kind.item_type), max_size=3)
    if isinstance(kind, inspect.DictType):
        keys = _of_type(kind.key_type).map(str)
        return st.dictionaries(keys, _of_type(kind.value_type), max_size=3)
    if isinstance(kind, inspect.StructType):
        return st.fixed_dictionaries(
            {}, optional={f.encode_name: _of_type(f.type) for f in kind.fields}
        )
    return {
        inspect.NoneType: st.none(),
        inspect.BoolType: st.booleans(),
        inspect.IntType: integers,
        inspect.FloatType: st.one_of(floats, integers),
        inspect.StrType: texts,
    }.get(type(kind), values)


def fields_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a request type: mostly of the right types, with some that are not, and fields that
    others have."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    right = {f.name: _BY_NAME.get(f.name, _of_type(f.type)) for f in described.fields}
    required = {f.name: right[f.name] for f in described.fields if f.required}
    optional = {name: one for name, one in right.items() if name not in required}
    wrong = st.dictionaries(
        st.one_of(
            st.sampled_from(sorted({*right, *IGNORED_FIELDS, *UNSUPPORTED_FIELDS})),
            st.text(max_size=6),
        ),
        values,
        max_size=2,
    )
    proper = st.builds(
        lambda must, may: {**must, **dict(may)},
        st.fixed_dictionaries(required),
        st.lists(
            st.sampled_from(sorted(optional)).flatmap(lambda n: st.tuples(st.just(n), optional[n])),
            max_size=5,
        ),
    )
    odd = st.builds(lambda must, other: {**must, **other}, proper, wrong)
    return st.one_of(proper, proper, odd)


def typed_fields(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a request type as they are once it is read: of the right types, any value."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    numbers = st.dictionaries(integers, st.one_of(floats, st.just(float("inf"))), max_size=3)
    optional = {f.name: _of_type(f.type) for f in described.fields}
    optional |= {"logit_bias": st.one_of(st.none(), numbers), "stream_options": st.none()}
    return st.fixed_dictionaries({}, optional=optional)


def encoded(value: Any, ascii_only: bool = True) -> bytes:
    """JSON as a client may write it: characters as they are, or as escapes."""
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


@st.composite
def bodies(draw: st.DrawFn, kind: type[msgspec.Struct]) -> bytes:
    """Bytes of a body: JSON of a request, broken at some places in one case of eight."""
    raw = bytearray(encoded(draw(fields_of(kind)), draw(st.booleans())))
    if draw(st.integers(0, 7)):
        return bytes(raw)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(raw)))
        piece = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from((b"NaN", b"[" * 2000, b'{"a":' * 2000, b"\\ud800", b"\0", b",,")),
            )
        )
        raw[place : place + draw(st.integers(0, 3))] = piece
    return bytes(raw)


_HEAD_BYTES = b"\r\n\t :\0\x01 /?#%AaZz09!\"'(),;<=>@[\\]{|}~\x7f\x80\xff"
_LINES = (
    *(b"Host: x", b"Content-Length: 5", b"Content-Length : 5", b" folded", b"X:", b": a", b"no"),
    *(b"Transfer-Encoding: chunked", b"X: a\nY: b", b"X: a\rY: b", b"X-Y_z.1:\ta \xff\t", b"\0: a"),
)


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """Heads of HTTP requests, without the empty line that ends them: good ones with bytes changed,
    and bytes of any kind."""
    if not draw(st.integers(0, 7)):
        return draw(st.binary(max_size=40))
    method = draw(st.sampled_from((b"GET", b"POST", b"g!t", b"", b"GE T", b"G\xffT")))
    target = draw(st.sampled_from((b"/health", b"*", b"http://a/b?c=%20", b"/\x7f", b"/\xc3", b"")))
    version = draw(st.sampled_from((b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1.2", b"http/1.1", b"")))
    lines = draw(st.lists(st.sampled_from(_LINES), max_size=4))
    head = bytearray(b"\r\n".join((b" ".join((method, target, version)), *lines)))
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
        place = draw(st.integers(0, len(head)))
        byte = draw(st.sampled_from(sorted(set(_HEAD_BYTES))))
        head[place : place + draw(st.integers(0, 1))] = bytes((byte,))
    return bytes(head)


_KEYS = (
    *("max-model-len", "max_num_seqs", "port", "api-key", "served-model-name", "model", "config"),
    *("enable-prefix-caching", "rope-scaling", "hf-overrides", "help", "access-log", "timeout"),
)
_yaml_scalars = st.one_of(
    texts,
    st.sampled_from(("8k", "yes", "~", "*a", "&a b", "!!python/object:os.system x", "2001-01-01")),
    st.sampled_from(
        ("[1, 2]", "{a: b}", "0x1f", "1_000", ".inf", ".nan", "- x", "|\n  a", "<<: *a")
    ),
    integers.map(str),
)
yaml_files = st.one_of(
    st.binary(max_size=60),
    texts.map(str.encode),
    st.lists(st.tuples(st.one_of(st.sampled_from(_KEYS), texts), _yaml_scalars), max_size=4).map(
        lambda lines: "\n".join(f"{key}: {value}" for key, value in lines).encode()
    ),
    st.dictionaries(st.one_of(st.sampled_from(_KEYS), scalars), values, max_size=3).map(encoded),
)
