"""Tokenizer against transformers' AutoTokenizer on the same folders, and on broken folders."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tokenizer_samples as samples
import tokenizers
from chat_samples import CHATML
from llmserve.tokenizer import Tokenizer

TEXTS = [
    "",
    " ",
    "Hello world",
    " leading and  double  spaces ",
    "Caf\u00e9 \U0001f469\u200d\U0001f4bb \u4f60\u597d\n\n\tx = 12345",
    "<|im_start|>user\nhi<|im_end|> and <s>x</s> [INST]",
    "<tool_call>{}</think>",
    "\ufffd \u0000 \uffff",
]

KINDS = {
    "byte_level": (samples.byte_level, samples.BYTE_LEVEL_CONFIG),
    "sentencepiece": (samples.sentencepiece, samples.SENTENCEPIECE_CONFIG),
    "metaspace": (
        lambda: samples.sentencepiece(metaspace_first=True),
        samples.SENTENCEPIECE_CONFIG,
    ),
}


@pytest.fixture(scope="module", params=list(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make, config = KINDS[request.param]
    return samples.save(tmp_path_factory.mktemp(request.param), make(), config)


def reference(folder: Path) -> Any:
    transformers = pytest.importorskip("transformers")
    return transformers.AutoTokenizer.from_pretrained(folder)


def test_encode_and_decode_equal_transformers(folder: Path) -> None:
    ours, theirs = Tokenizer.from_dir(folder), reference(folder)
    for text in TEXTS:
        for special in (True, False):
            expected = theirs(text, add_special_tokens=special).input_ids
            assert ours.encode(text, add_special_tokens=special) == expected
        for skip in (True, False):
            assert ours.decode(expected, skip) == theirs.decode(expected, skip_special_tokens=skip)
    assert ours.encode_batch(TEXTS) == [ours.encode(text) for text in TEXTS]
    assert ours.encode_batch(TEXTS, False) == [ours.encode(text, False) for text in TEXTS]


def test_random_ids_decode_as_in_transformers(folder: Path) -> None:
    ours, theirs = Tokenizer.from_dir(folder), reference(folder)
    draw = random.Random(1)
    for _ in range(300):
        ids = [draw.randrange(ours.vocab_size) for _ in range(12)]
        for skip in (True, False):
            assert ours.decode(ids, skip) == theirs.decode(ids, skip_special_tokens=skip)


def test_named_tokens_equal_transformers(folder: Path) -> None:
    ours, theirs = Tokenizer.from_dir(folder), reference(folder)
    for name in ("bos_token", "eos_token", "pad_token"):
        assert getattr(ours, name) == getattr(theirs, name)
        assert getattr(ours, f"{name}_id") == getattr(theirs, f"{name}_id")
    assert ours.named_tokens == theirs.special_tokens_map
    assert ours.vocab_size == len(theirs)


@pytest.mark.parametrize("flags", [{"add_bos_token": False}, {"add_eos_token": True}])
@pytest.mark.parametrize("tokenizer_class", ["PreTrainedTokenizerFast", "LlamaTokenizerFast"])
def test_the_post_processor_decides_about_bos(
    tmp_path: Path, flags: dict[str, bool], tokenizer_class: str
) -> None:
    config = {**samples.SENTENCEPIECE_CONFIG, **flags, "tokenizer_class": tokenizer_class}
    samples.save(tmp_path, samples.sentencepiece(metaspace_first=True), config)
    ids = Tokenizer.from_dir(tmp_path).encode("Hello")
    assert ids == reference(tmp_path)("Hello").input_ids
    assert ids[0] == 1 and 2 not in ids


def test_tokens_that_only_the_config_lists(tmp_path: Path) -> None:
    tokenizer = samples.byte_level()
    size = tokenizer.get_vocab_size()
    listed = {
        str(size): {"content": "<|fim|>", "special": True, "normalized": False},
        str(size + 1): {"content": "<plain>", "special": False, "normalized": True},
    }
    config = {**samples.BYTE_LEVEL_CONFIG, "added_tokens_decoder": listed, "pad_token": "<|pad|>"}
    samples.save(tmp_path, tokenizer, config, extra_special_tokens=["<|more|>"])
    ours, theirs = Tokenizer.from_dir(tmp_path), reference(tmp_path)
    text = "a<|fim|>b<plain>c<|pad|>d<|more|>"
    ids = ours.encode(text)
    assert ids == theirs(text).input_ids
    assert size in ids and size + 1 in ids and ours.pad_token_id in ids
    assert ours.decode(ids) == theirs.decode(ids, skip_special_tokens=True) == "ab<plain>cd"


def test_special_tokens_map_is_read_where_the_config_is_old(tmp_path: Path) -> None:
    samples.save(tmp_path, samples.sentencepiece(), {"tokenizer_class": "PreTrainedTokenizerFast"})
    named = {"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": False}}
    (tmp_path / "special_tokens_map.json").write_text(json.dumps(named))
    ours = Tokenizer.from_dir(tmp_path)
    assert (ours.bos_token, ours.eos_token) == ("<s>", "</s>")
    assert ours.eos_token_id == reference(tmp_path).eos_token_id == 2


def test_padding_and_truncation_of_the_file_are_off(tmp_path: Path) -> None:
    tokenizer = samples.byte_level()
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=100)
    samples.save(tmp_path, tokenizer, samples.BYTE_LEVEL_CONFIG)
    ours = Tokenizer.from_dir(tmp_path)
    text = "one two three four five six"
    assert ours.decode(ours.encode(text)) == text


def test_token_bytes(folder: Path) -> None:
    ours = Tokenizer.from_dir(folder)
    ids = ours.encode("a \u4f60\u597d \U0001f600", add_special_tokens=False)
    joined = b"".join(ours.token_bytes(id_) for id_ in ids)
    assert joined.decode().lstrip(" ") == "a \u4f60\u597d \U0001f600"
    assert ours.token_bytes(-1) == ours.token_bytes(10**6) == b""


def test_token_bytes_without_a_table(tmp_path: Path) -> None:
    samples.save(tmp_path, samples.word_piece(), {})
    ours = Tokenizer.from_dir(tmp_path)
    assert ours.token_pieces() is None and ours.token_table() is None
    assert ours.token_bytes(ours.encode("the")[0]) == b"the"


def test_ids_without_meaning() -> None:
    ours = Tokenizer(samples.byte_level())
    assert ours.decode([ours.vocab_size, 2**31]) == ""
    for bad in (-1, 2**40):
        with pytest.raises(ValueError, match="negative or too large"):
            ours.decode([bad])


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("tokenizer.json", None, "has no tokenizer.json"),
        ("tokenizer.json", "{", "tokenizer.json is not valid|not a valid tokenizer"),
        ("tokenizer.json", "{}", "not a valid tokenizer"),
        ("tokenizer_config.json", "{", "tokenizer_config.json cannot be read"),
        ("tokenizer_config.json", "[]", "must hold a JSON object"),
        ("tokenizer_config.json", '{"added_tokens_decoder": {"x": {}}}', "must map ids"),
        ("tokenizer_config.json", "\ud800", "tokenizer_config.json cannot be read"),
    ],
)
def test_broken_folders_give_one_line(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    samples.save(tmp_path, samples.byte_level(), samples.BYTE_LEVEL_CONFIG)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match=message) as caught:
        Tokenizer.from_dir(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value) or "added_tokens_decoder" in str(caught.value)


def test_other_files_need_trust(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    tokenizer = samples.byte_level()
    samples.save(
        tmp_path, tokenizer, {**samples.BYTE_LEVEL_CONFIG, "tokenizer_class": "GPT2Tokenizer"}
    )
    (tmp_path / "tokenizer.json").unlink()
    tokenizer.model.save(str(tmp_path))
    with pytest.raises(ValueError, match="--trust-remote-code"):
        Tokenizer.from_dir(tmp_path)
    ours = Tokenizer.from_dir(tmp_path, trust_remote_code=True)
    text = "Hello world, it isn't \u4f60\u597d"
    assert ours.decode(ours.encode(text)) == text
    assert ours.encode(text) == reference(tmp_path)(text).input_ids
    assert ours.bos_token == "<|begin_of_text|>"


def test_transformers_failures_are_one_line(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(ValueError, match="transformers cannot load the tokenizer") as caught:
        Tokenizer.from_dir(tmp_path, trust_remote_code=True)
    assert "\n" not in str(caught.value)


def test_loading_needs_neither_torch_nor_transformers(tmp_path: Path) -> None:
    samples.save(tmp_path, samples.byte_level(), samples.BYTE_LEVEL_CONFIG, chat_template="{{ 1 }}")
    code = (
        "import sys; from llmserve.tokenizer import Tokenizer;"
        f"t = Tokenizer.from_dir({str(tmp_path)!r}); t.render_chat([{{'role': 'user'}}]);"
        "heavy = {'torch', 'transformers', 'numpy'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    paths = [path for path in sys.path if path]
    subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"], check=True
    )


def test_a_library_tokenizer_can_be_wrapped() -> None:
    backend = tokenizers.Tokenizer.from_str(samples.byte_level().to_str())
    ours = Tokenizer(backend, {"eos_token": "<|im_end|>"})
    assert ours.eos_token_id == backend.token_to_id("<|im_end|>")
    assert ours.bos_token is None and ours.bos_token_id is None


def turns_of_another_thread(work: Callable[[], object]) -> int:
    """How often a thread that always wants Python's lock gets it while work runs."""
    ended = threading.Event()

    def run() -> None:
        work()
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    turns = 0
    while not ended.wait(0.001):
        turns += 1
    thread.join()
    return turns


def test_a_long_text_does_not_keep_the_lock() -> None:
    """A server encodes in threads, so that its streams go on meanwhile."""
    tokenizer = Tokenizer(samples.byte_level(), chat_templates={"default": CHATML})
    text = "aB1 <|im_start|> " * 20_000
    ids = tokenizer.encode(text)
    for work in (
        lambda: tokenizer.encode(text),
        lambda: tokenizer.render_and_encode([{"role": "user", "content": text}]),
        lambda: tokenizer.render_and_encode([{"role": "user", "content": text[10:-10]}]),
        lambda: tokenizer.decode(ids * 4),
    ):
        # One that keeps it lets nobody in between its first step and its last.
        assert turns_of_another_thread(work) > 5
