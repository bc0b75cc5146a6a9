"""What `llmserve bench serve` sends and when: arrivals, dealt out, and prompts of each dataset."""

import argparse
import json
import math
import random
from pathlib import Path

import pytest
from llmserve.bench.conversations import pick_usual, read_pairs
from llmserve.bench.serve import flags
from llmserve.bench.serve.dataset_flags import needs_tokenizer, open_dataset
from llmserve.bench.serve.datasets import FileOrder, PrefixRepetition, RandomPrompts, Vocabulary
from llmserve.bench.serve.schedule import Load, RampUp, arrivals, deal, num_clients, shares
from llmserve.hub import resolve_model
from llmserve.tokenizer import Tokenizer

MINI = "llmserve-mini"


def parse(line: str) -> argparse.Namespace:
    args = flags.make_parser("bench").parse_args(flags.normalize(line.split()))
    flags.check(args)
    return args


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_dir(resolve_model(MINI))


def test_arrivals() -> None:
    load = Load(request_rate=20.0)
    times = arrivals(load, 4000, seed=1)
    assert times == sorted(times) == arrivals(load, 4000, seed=1)
    assert times != arrivals(load, 4000, seed=2)
    assert times[-1] == pytest.approx(200)  # 4000 at 20 per second
    gaps = [after - before for before, after in zip([0.0, *times], times, strict=False)]
    # Poisson: the deviation of the gaps is as great as their mean.
    assert deviation(gaps) == pytest.approx(0.05, rel=0.1)
    assert sum(gap < 0.05 * math.log(2) for gap in gaps) == pytest.approx(2000, rel=0.1)


def deviation(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


@pytest.mark.parametrize(("burstiness", "of_mean"), [(4.0, 0.5), (0.25, 2.0)])
def test_burstiness(burstiness: float, of_mean: float) -> None:
    times = arrivals(Load(10.0, burstiness), 4000, seed=0)
    gaps = [after - before for before, after in zip([0.0, *times], times, strict=False)]
    assert deviation(gaps) == pytest.approx(0.1 * of_mean, rel=0.15)


def test_arrivals_all_at_once_in_a_ramp_and_for_some_seconds() -> None:
    assert arrivals(Load(), 3, seed=0) == [0.0] * 3
    for strategy in ("linear", "exponential"):
        ramp = RampUp(strategy, 10.0, 40.0)
        times = arrivals(Load(burstiness=1000.0, ramp_up=ramp), 1001, seed=0)
        assert times[1] - times[0] == pytest.approx(0.1, rel=0.2)
        assert times[-1] - times[-2] == pytest.approx(0.025, rel=0.2)
        middle = times[501] - times[500]
        assert middle == pytest.approx(0.04 if strategy == "linear" else 0.05, rel=0.2)
    some = arrivals(Load(request_rate=10.0, max_seconds=3.0), 1000, seed=0)
    assert len(some) == 29
    assert some[-1] == pytest.approx(2.9)
    assert arrivals(Load(request_rate=0.1, max_seconds=3.0), 1000, seed=0) == []


@pytest.mark.parametrize("max_concurrency", [None, 1, 2, 5, 7])
def test_what_is_offered_is_the_same_for_any_number_of_clients(max_concurrency: int | None) -> None:
    for clients in (1, 3):
        hands = deal(70, clients, max_concurrency)
        assert sorted(index for hand in hands for index in hand) == list(range(70))
        assert all(hand == sorted(hand) for hand in hands)
        limits = shares(max_concurrency, clients)
        if max_concurrency is None:
            assert limits == [None] * clients
            continue
        numbers = [limit or 0 for limit in limits]
        assert sum(numbers) == max_concurrency
        # In proportion, so that all end together.
        for hand, number in zip(hands, numbers, strict=True):
            assert len(hand) == pytest.approx(70 * number / max_concurrency, abs=1)


def test_the_number_of_clients() -> None:
    assert num_clients(1000, Load(), 64) == 16
    assert num_clients(1000, Load(), 2) == 1
    assert num_clients(1000, Load(max_concurrency=8), 64) == 1
    assert num_clients(100, Load(), 64) == 2


# --- Prompts.


def test_random_prompts() -> None:
    prompts = RandomPrompts(Vocabulary(range(50)), 20, 10, range_ratio=0.25, prefix_len=4)
    samples = prompts.draw(200, random.Random(3))
    assert samples == prompts.draw(200, random.Random(3))
    assert {sample.prompt_len for sample in samples} == set(range(4 + 15, 4 + 25 + 1))
    assert {sample.output_len for sample in samples} == set(range(7, 13 + 1))
    assert len({tuple(sample.prompt[:4]) for sample in samples}) == 1
    assert len({tuple(sample.prompt) for sample in samples}) == 200
    assert {i for sample in samples for i in sample.prompt} == set(range(50))


def test_random_text_has_the_length_asked_for(tokenizer: Tokenizer) -> None:
    args = parse(f"--backend openai-chat --tokenizer {MINI} --input-len 40 --output-len 3")
    assert needs_tokenizer(args)
    samples = open_dataset(args, tokenizer).draw(30, random.Random(0))
    lengths = [len(tokenizer.encode(str(sample.prompt))) for sample in samples]
    assert [sample.prompt_len for sample in samples] == lengths
    assert sum(length == 40 for length in lengths) >= 25
    special = {text for text in tokenizer.named_tokens.values() if text}
    assert not any(text in str(sample.prompt) for sample in samples for text in special)


def test_text_leaves_room_for_what_the_server_adds() -> None:
    prompts = RandomPrompts(Vocabulary(range(50), None, num_added=1), 20, 10)
    assert len(prompts.draw(1, random.Random(0))[0].prompt) == 19


def test_prefix_repetition() -> None:
    prompts = PrefixRepetition(Vocabulary(range(50)), 6, 3, num_prefixes=4, output_len=2)
    samples = prompts.draw(10, random.Random(0))
    counts: dict[tuple[object, ...], int] = {}
    for sample in samples:
        assert (sample.prompt_len, sample.output_len) == (9, 2)
        prefix = tuple(sample.prompt[:6])
        counts[prefix] = counts.get(prefix, 0) + 1
    assert sorted(counts.values()) == [2, 2, 3, 3]


def test_conversations(tmp_path: Path) -> None:
    path = tmp_path / "sharegpt.json"
    texts = [("the quick brown fox", "jumps over the lazy dog"), ("a", "b"), ("c " * 3000, "d" * 9)]
    path.write_text(
        json.dumps([{"conversations": [{"value": text} for text in pair]} for pair in texts])
    )
    pairs = read_pairs(path)
    assert pairs == texts
    (found,) = pick_usual(pairs, 5, None, lambda text: list(text.encode()))
    assert (found.prompt, len(found.prompt_token_ids), found.output_len) == (texts[0][0], 19, 23)

    args = parse(f"--dataset-name sharegpt --dataset-path {path} --sharegpt-output-len 7")
    tokenizer = Tokenizer.from_dir(resolve_model(MINI))
    samples = open_dataset(args, tokenizer).draw(3, random.Random(0))
    assert [(sample.prompt, sample.output_len) for sample in samples] == [(texts[0][0], 7)] * 3
    args.no_oversample = True
    assert len(open_dataset(args, tokenizer).draw(3, random.Random(0))) == 1


def test_custom_prompts(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path = tmp_path / "prompts.jsonl"
    lines = [{"prompt": f"Say {i}.", "output_tokens": i} for i in range(1, 6)]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    common = f"--dataset-name custom --dataset-path {path}"
    plain = parse(f"{common} --custom-output-len -1 --skip-chat-template --disable-shuffle")
    assert not needs_tokenizer(plain)
    samples = open_dataset(plain, None).draw(7, random.Random(0))
    assert [sample.output_len for sample in samples] == [1, 2, 3, 4, 5, 1, 2]
    assert samples[0].prompt == "Say 1."

    chat = parse(f"{common} --backend openai-chat")
    assert not needs_tokenizer(chat)
    shuffled = open_dataset(chat, None).draw(5, random.Random(0))
    assert {sample.output_len for sample in shuffled} == {256}
    assert sorted(str(sample.prompt) for sample in shuffled) == [line["prompt"] for line in lines]

    # Completions get the chat's text, as the ids that the server itself would make.
    templated = parse(f"{common} --tokenizer {MINI} --disable-shuffle")
    assert needs_tokenizer(templated)
    first = open_dataset(templated, tokenizer).draw(1, random.Random(0))[0]
    assert first.prompt == tokenizer.render_chat([{"role": "user", "content": "Say 1."}])[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no prompts"),
        ("no json", "line 1: no JSON object"),
        ('{"prompt": "a"}\n{"text": "b"}', "line 2: no 'prompt'"),
        ('{"prompt": 3}', "line 1: prompt must be a text"),
    ],
)
def test_a_file_that_has_no_prompts(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text(text)
    args = parse(f"--dataset-name custom --dataset-path {path} --skip-chat-template")
    with pytest.raises(ValueError, match=message):
        open_dataset(args, None)
    assert FileOrder().fill([], 3) == []
