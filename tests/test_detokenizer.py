"""Incremental text against whole decodes of the library, and the core's stop matcher."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Sequence

import pytest
import tokenizer_samples as samples
import tokenizers
from llmserve import _core
from llmserve.token_table import read_token_pieces
from llmserve.tokenizer import GenericDetokenizer, Tokenizer
from tokenizers import AddedToken, decoders, models

MIXED = (
    "Hello, w\u00f6rld \u4f60\u597d\u4e16\u754c \U0001f469\u200d\U0001f4bb\U0001f680 "
    "\u0645\u0631\u062d\u0628\u0627  two  spaces\n\n\ttabs "
    "<|im_start|>user<|im_end|> [INST]<s>x</s>"
)


def with_tables() -> dict[str, tokenizers.Tokenizer]:
    metaspace = samples.sentencepiece()
    metaspace.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return {
        "byte_level": samples.byte_level(),
        "sentencepiece": samples.sentencepiece(),
        "metaspace": samples.sentencepiece(metaspace_first=True),
        "no_strip": metaspace,
    }


TOKENIZERS = with_tables()


@pytest.fixture(params=list(TOKENIZERS))
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer(TOKENIZERS[request.param])


def incremental(
    tokenizer: Tokenizer, ids: Sequence[int], context: Sequence[int] = (), skip: bool = True
) -> str:
    detokenizer = _core.Detokenizer(tokenizer.token_table(), list(context), skip)
    pieces = [detokenizer.push([id_]) for id_ in ids]
    text = "".join(pieces) + detokenizer.finish()
    at_once = _core.Detokenizer(tokenizer.token_table(), list(context), skip)
    assert at_once.push(list(ids)) + at_once.finish() == text
    # The library has no text for ids it does not know; half characters never leave.
    assert not any("\ufffd" in piece for piece in pieces) or "\ufffd" in tokenizer.decode(
        [*context, *ids], skip
    )
    return text


@pytest.mark.parametrize("skip", [True, False])
def test_a_text_comes_back_piece_by_piece(tokenizer: Tokenizer, skip: bool) -> None:
    ids = tokenizer.encode(MIXED)
    assert incremental(tokenizer, ids, skip=skip) == tokenizer.decode(ids, skip)


def legal(tokenizer: Tokenizer, ids: Iterable[int], skip: bool) -> bool:
    """Is every run of byte tokens whole characters? For others the library gives one U+FFFD per
    byte of the run, which no stream can know in time; we give what bytes.decode() gives."""
    pieces = tokenizer.token_pieces()
    assert pieces is not None
    kept = [id_ for id_ in ids if not (skip and id_ in pieces.special)]
    data = b"".join(pieces.pieces[id_] for id_ in kept)
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("skip", [True, False])
def test_random_ids_equal_the_whole_decode(tokenizer: Tokenizer, skip: bool) -> None:
    draw = random.Random(2)
    pieces = tokenizer.token_pieces()
    assert pieces is not None
    compared = 0
    for round_ in range(3000):
        ids = [draw.randrange(tokenizer.vocab_size) for _ in range(1 + round_ % 16)]
        text = incremental(tokenizer, ids, skip=skip)
        kept = [id_ for id_ in ids if not (skip and id_ in pieces.special)]
        data = b"".join(pieces.pieces[id_] for id_ in kept)
        if pieces.strip_leading_space:
            data = data.removeprefix(b" ")
        assert text == data.decode(errors="replace")
        byte_level = tokenizer.backend.decoder.__class__.__name__ == "ByteLevel"
        if byte_level or legal(tokenizer, ids, skip):
            compared += 1
            assert text == tokenizer.decode(ids, skip)
    assert compared > 300


@pytest.mark.parametrize("skip", [True, False])
def test_continuation_of_a_prompt(tokenizer: Tokenizer, skip: bool) -> None:
    ids = tokenizer.encode(MIXED)
    whole = tokenizer.decode(ids, skip)
    within = 0
    for cut in range(len(ids) + 1):
        text = incremental(tokenizer, ids[cut:], ids[:cut], skip)
        prompt = tokenizer.decode(ids[:cut], skip)
        if prompt.endswith("\ufffd"):  # cut within a character, which the next tokens complete
            within += 1
            prompt = incremental(tokenizer, ids[:cut], skip=skip).removesuffix("\ufffd")
        assert prompt + text == whole
    assert within > 3


def test_a_prompt_of_special_tokens_only() -> None:
    tokenizer = Tokenizer(TOKENIZERS["sentencepiece"])
    ids = tokenizer.encode("Hello", add_special_tokens=False)
    assert incremental(tokenizer, ids, [1]) == "Hello"
    assert incremental(tokenizer, ids, [1], skip=False) == " Hello"
    assert incremental(tokenizer, ids, [1, *ids]) == " Hello"


def test_added_tokens_that_look_like_bytes() -> None:
    backend = tokenizers.Tokenizer(
        models.BPE(vocab={"\u0120": 0, "\u00c3": 1, "\u00a9": 2}, merges=[])
    )
    backend.decoder = decoders.ByteLevel()
    backend.add_tokens([AddedToken("\u00e9"), AddedToken("\u00e9 x"), AddedToken("\u0120z")])
    tokenizer = Tokenizer(backend)
    for ids in itertools.product(range(6), repeat=3):
        assert incremental(tokenizer, ids) == backend.decode(list(ids))


def test_unused_ids_have_no_text() -> None:
    backend = tokenizers.Tokenizer(models.BPE(vocab={"a": 0, "b": 5}, merges=[]))
    backend.decoder = decoders.ByteLevel()
    tokenizer = Tokenizer(backend)
    pieces = tokenizer.token_pieces()
    assert pieces is not None and pieces.pieces == [b"a", b"", b"", b"", b"", b"b"]
    assert tokenizer.vocab_size == 6
    assert incremental(tokenizer, [0, 3, 5, 9]) == backend.decode([0, 3, 5, 9]) == "ab"


@pytest.mark.parametrize(
    "decoder",
    [
        None,
        decoders.WordPiece(),
        decoders.CTC(),
        decoders.Sequence([decoders.Replace("\u2581", " "), decoders.Strip(" ", 1, 0)]),
        decoders.Sequence([decoders.Replace("_", " "), decoders.ByteFallback(), decoders.Fuse()]),
        decoders.Sequence(
            [decoders.Replace("\u2581", " "), decoders.Fuse(), decoders.Strip(" ", 2, 0)]
        ),
    ],
)
def test_other_decoders_have_no_table(decoder: decoders.Decoder | None) -> None:
    backend = samples.sentencepiece()
    backend.decoder = decoder
    assert read_token_pieces(backend) is None


def metaspace(vocab: dict[str, int], scheme: str) -> tokenizers.Tokenizer:
    backend = tokenizers.Tokenizer(models.BPE(vocab=vocab, merges=[]))
    backend.decoder = decoders.Metaspace(prepend_scheme=scheme)
    return backend


@pytest.mark.parametrize("scheme", ["always", "first", "never"])
def test_metaspace_decoders(scheme: str) -> None:
    backend = metaspace({"\u2581a": 0, "b": 1, "\u2581": 2, "<0x41>": 3}, scheme)
    tokenizer = Tokenizer(backend)
    for ids in itertools.product(range(4), repeat=4):
        assert incremental(tokenizer, ids) == backend.decode(list(ids))


def test_metaspace_with_inner_marks_has_no_table() -> None:
    vocab = {"a\u2581b": 0, "\u2581\u2581": 1}
    assert read_token_pieces(metaspace(vocab, "always")) is None
    assert read_token_pieces(metaspace(vocab, "never")) is not None


# The way through the library.


def generic(
    backend: tokenizers.Tokenizer,
    ids: Sequence[int],
    context: Sequence[int] = (),
    skip: bool = True,
) -> str:
    detokenizer = GenericDetokenizer(backend, context, skip)
    return "".join(detokenizer.push([id_]) for id_ in ids) + detokenizer.finish()


@pytest.mark.parametrize("skip", [True, False])
def test_generic_word_pieces(skip: bool) -> None:
    backend = samples.word_piece()
    draw = random.Random(3)
    for _ in range(300):
        ids = [draw.randrange(backend.get_vocab_size()) for _ in range(20)]
        assert generic(backend, ids, skip=skip) == backend.decode(ids, skip_special_tokens=skip)
        cut = draw.randrange(20)
        prompt = backend.decode(ids[:cut], skip_special_tokens=skip)
        rest = generic(backend, ids[cut:], ids[:cut], skip)
        assert prompt + rest == backend.decode(ids, skip_special_tokens=skip)


def test_generic_with_cleanup_keeps_ordinary_text() -> None:
    backend = samples.word_piece(cleanup=True)
    ids = backend.encode("the quick brown fox, the lazy dog. first time!").ids
    assert generic(backend, ids) == backend.decode(ids)


@pytest.mark.parametrize("kind", list(TOKENIZERS))
def test_generic_never_shows_half_a_character(kind: str) -> None:
    backend = TOKENIZERS[kind]
    ids = backend.encode(MIXED).ids
    detokenizer = GenericDetokenizer(backend, [])
    pieces = [detokenizer.push([id_]) for id_ in ids]
    assert "\ufffd" not in "".join(pieces)
    assert "".join(pieces) + detokenizer.finish() == backend.decode(ids)
    for cut in range(len(ids)):
        if not backend.decode(ids[:cut]).endswith("\ufffd"):
            rest = generic(backend, ids[cut:], ids[:cut])
            assert backend.decode(ids[:cut]) + rest == backend.decode(ids)


def test_generic_flushes_the_tail() -> None:
    backend = TOKENIZERS["byte_level"]
    ids = backend.encode("a \U0001f600", add_special_tokens=False).ids
    assert generic(backend, ids[:-1]) == backend.decode(ids[:-1]) == "a \ufffd"


def test_generic_does_not_wait_for_ever() -> None:
    backend = TOKENIZERS["byte_level"]
    bad = backend.token_to_id("\u00ff")  # the byte 0xFF, part of no character
    detokenizer = GenericDetokenizer(backend, [])
    assert len(detokenizer.push([bad] * 100)) > 80


# The stop matcher, as Python calls it; its rules are tested in tests/cpp/test_stop_matcher.cpp.


def search(text: str, stops: list[str], include: bool) -> tuple[str, str | None]:
    for end in range(1, len(text) + 1):
        for stop in stops:
            if text[:end].endswith(stop):
                return text[: end if include else end - len(stop)], stop
    return text, None


@pytest.mark.parametrize("include", [True, False])
def test_stop_matcher_over_every_split(include: bool) -> None:
    stops = ["\u4f60\u597d", "ab", "bb\U0001f600", "b\u4f60"]
    draw = random.Random(4)
    for _ in range(40):
        text = "".join(draw.choice("ab\u4f60\u597d\U0001f600") for _ in range(8))
        expected = search(text, stops, include)
        for cuts in itertools.product((False, True), repeat=len(text) - 1):
            ends = [i + 1 for i, cut in enumerate(cuts) if cut] + [len(text)]
            matcher = _core.StopMatcher(stops, include)
            shown, met, begin = "", None, 0
            for end in ends:
                new, met = matcher.push(text[begin:end])
                shown += new
                begin = end
                if met is not None:
                    break
            assert (shown + matcher.finish(), met) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: _core.StopMatcher(["a", ""]),
        lambda: _core.TokenTable([b"a"], [1], False),
    ],
)
def test_bad_arguments(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        call()
