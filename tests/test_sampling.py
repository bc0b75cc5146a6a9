"""Sampling against torch: every rule in vLLM's order, the draw itself, and what it may hang on."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import reference
import torch
from llmserve import _core
from reference import Sampled

SMALL, MIDDLE, LARGE = 37, 32000, 128256


def make_ops(device: str, num_threads: int = 2, max_rows: int = 64) -> Any:
    return _core.ops.OpBackend(
        device, num_threads, max_tokens=16, max_rows=max_rows, max_model_len=4096, vocab_size=LARGE
    )


@pytest.fixture
def ops(device: str) -> Any:
    return make_ops(device)


FIELDS = (
    "temperature top_p top_k min_p presence_penalty frequency_penalty repetition_penalty min_tokens"
)


def init_slot(ops: Any, slot: int, sequence: Sampled) -> None:
    fields = {name: getattr(sequence, name) for name in FIELDS.split()}
    fields["logit_bias"] = list(sequence.logit_bias)
    fields["bad_words"] = [list(word) for word in sequence.bad_words]
    if sequence.allowed_token_ids is not None:
        fields["allowed_token_ids"] = list(sequence.allowed_token_ids)
    ops.init_slot(
        slot,
        _core.SamplingParams(**fields),
        prompt=sequence.prompt,
        output=sequence.output,
        stop_ids=list(sequence.stop_ids),
        seed=sequence.seed,
    )


def make_logits(rows: int, vocab: int, seed: int = 0, spread: float = 3.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((rows, vocab)) * spread).astype(np.float32)


def sample_one(ops: Any, logits: np.ndarray, sequence: Sampled, slot: int = 0) -> int:
    init_slot(ops, slot, sequence)
    result = ops.sample(logits.reshape(1, -1), [(0, slot, -1)])
    assert result["finite"][0] == 1
    return int(result["tokens"][0])


def draw_many(ops: Any, logits: np.ndarray, sequence: Sampled, count: int) -> np.ndarray:
    """`count` independent draws from one row of logits, by as many seeds."""
    tokens: list[int] = []
    while len(tokens) < count:
        rows = min(64, count - len(tokens))
        for slot in range(rows):
            init_slot(ops, slot, replace(sequence, seed=sequence.seed + len(tokens) + slot))
        result = ops.sample(logits.reshape(1, -1), [(0, slot, -1) for slot in range(rows)])
        tokens += result["tokens"].tolist()
    return np.array(tokens)


def support(logits: np.ndarray, sequence: Sampled) -> set[int]:
    x = reference.apply_rules(torch.from_numpy(logits), sequence)
    kept = reference.filter_tokens(x, sequence)
    return set(kept.isfinite().nonzero().flatten().tolist())


RULES: dict[str, Sampled] = {
    "plain": Sampled(),
    "cold": Sampled(temperature=0.3),
    "hot": Sampled(temperature=2.5),
    "coldest": Sampled(temperature=0.01),
    "top_k": Sampled(top_k=5),
    "top_k_1": Sampled(top_k=1),
    "top_k_all": Sampled(top_k=10**6),
    "top_p": Sampled(top_p=0.7),
    "top_p_tiny": Sampled(top_p=1e-6),
    "min_p": Sampled(min_p=0.1),
    "min_p_1": Sampled(min_p=1.0),
    "top_k_and_p": Sampled(top_k=9, top_p=0.6, temperature=1.5),
    "all_filters": Sampled(top_k=12, top_p=0.9, min_p=0.02, temperature=1.3),
    "greedy_ignores_filters": Sampled(temperature=0.0, top_k=3, top_p=0.5, min_p=0.5),
    "allowed": Sampled(allowed_token_ids=[3, 30, 8], top_k=2),
    "bad_words": Sampled(bad_words=[[5], [7, 6], [9, 7, 11], [8, 7, 12]], output=[9, 7]),
    "min_tokens": Sampled(min_tokens=3, stop_ids=[1, 2, 3], output=[4, 4]),
    "min_tokens_reached": Sampled(min_tokens=2, stop_ids=[1, 2, 3], output=[4, 4]),
    "bias": Sampled(logit_bias=[(4, 7.5), (9, -100.0), (11, 1e9), (12, 99.0)], temperature=2.0),
    "repetition": Sampled(repetition_penalty=1.7, prompt=[1, 2, 2, 30], output=[5, 6, 5]),
    "repetition_down": Sampled(repetition_penalty=0.6, prompt=[1, 2, 2, 30], output=[5, 6, 5]),
    "frequency": Sampled(frequency_penalty=1.1, prompt=[1, 2, 2], output=[5, 6, 5, 5]),
    "presence": Sampled(presence_penalty=2.0, prompt=[1, 2, 2], output=[5, 6, 5, 5]),
    "everything": Sampled(
        temperature=0.8,
        top_p=0.95,
        top_k=20,
        min_p=0.001,
        presence_penalty=0.4,
        frequency_penalty=-0.3,
        repetition_penalty=1.2,
        min_tokens=9,
        stop_ids=[0],
        logit_bias=[(2, 3.0), (0, 50.0)],
        allowed_token_ids=list(range(33)),
        bad_words=[[6, 31]],
        prompt=[1, 2, 3],
        output=[4, 5, 6],
    ),
}


@pytest.mark.parametrize("vocab", [SMALL, MIDDLE, LARGE])
@pytest.mark.parametrize("name", RULES)
def test_draws_the_token_that_torch_draws(ops: Any, name: str, vocab: int) -> None:
    """Rules, filters and noise in one: any slip in any of them changes some token."""
    rows = {SMALL: 16, MIDDLE: 5, LARGE: 3}[vocab]
    logits = make_logits(rows, vocab, seed=vocab + len(name))
    for row in range(rows):
        sequence = replace(RULES[name], seed=(row << 33) + 977 * row)
        want = reference.draw(torch.from_numpy(logits[row]), sequence)
        assert sample_one(ops, logits[row], sequence) == want


@pytest.mark.parametrize(
    "name", [name for name in RULES if RULES[name].temperature > 0 and name != "plain"]
)
def test_support_is_exact(ops: Any, name: str) -> None:
    """Nothing outside is ever drawn, and of what is inside all that is likely enough is."""
    logits = make_logits(1, SMALL, seed=5, spread=1.0)[0]
    sequence = RULES[name]
    inside = support(logits, sequence)
    tokens = draw_many(ops, logits, sequence, 512)
    assert set(tokens.tolist()) <= inside
    x = reference.apply_rules(torch.from_numpy(logits), sequence)
    kept = reference.filter_tokens(x, sequence).exp()
    likely = set((kept > 0.03).nonzero().flatten().tolist())  # 0.97^512 = 2e-7
    assert likely <= set(tokens.tolist())


@pytest.mark.parametrize("vocab", [SMALL, 5000])
def test_top_p_cuts_where_the_mass_is_reached(ops: Any, vocab: int) -> None:
    """Small rows are sorted, large ones go by histogram. Fixed masses: the border is certain."""
    mass = np.array([0.4, 0.3, 0.15, 0.1], np.float64)
    ids = [vocab - 1, 3, 0, 17]
    logits = np.full(vocab, np.log(0.05 / (vocab - 4)), np.float32)
    logits[ids] = np.log(mass)
    for top_p, kept in ((0.39, 1), (0.41, 2), (0.69, 2), (0.71, 3), (0.84, 3), (0.86, 4)):
        tokens = draw_many(ops, logits, Sampled(top_p=top_p), 256)
        assert set(tokens.tolist()) == set(ids[:kept])


@pytest.mark.parametrize("vocab", [1000, 6000])
def test_top_p_among_equals_prefers_small_ids(ops: Any, vocab: int) -> None:
    tokens = draw_many(ops, np.zeros(vocab, np.float32), Sampled(top_p=0.5), 1024)
    assert vocab * 0.48 < tokens.max() <= vocab // 2  # 0.96^1024 = 1e-18


def test_top_k_among_equals_prefers_small_ids(ops: Any) -> None:
    logits = np.zeros(SMALL, np.float32)
    logits[20] = 1.0
    tokens = draw_many(ops, logits, Sampled(top_k=4), 256)
    assert set(tokens.tolist()) == {20, 0, 1, 2}
    assert sample_one(ops, np.zeros(SMALL, np.float32), Sampled(temperature=0.0)) == 0


def test_frequencies_are_the_probabilities(ops: Any) -> None:
    """Chi-square over 8192 draws: fixed seeds, so it passes or fails for ever."""
    logits = make_logits(1, SMALL, seed=9, spread=1.5)[0]
    sequence = Sampled(temperature=0.9, seed=12345)
    counts = np.bincount(draw_many(ops, logits, sequence, 8192), minlength=SMALL)
    expected = torch.from_numpy(logits / np.float32(0.9)).double().softmax(-1).numpy() * 8192
    common = expected >= 8
    chi = ((counts - expected)[common] ** 2 / expected[common]).sum()
    assert chi < 2 * common.sum()  # mean: the number of cells; twice it: p < 0.001
    assert abs(counts[~common].sum() - expected[~common].sum()) < 30


def test_successive_draws_differ_and_repeat(ops: Any) -> None:
    """The position moves the noise; the same seed gives the same sequence."""
    logits = np.zeros((1, SMALL), np.float32)
    runs = []
    for slot, seed in ((0, 7), (1, 7), (2, 8)):
        init_slot(ops, slot, Sampled(seed=seed))
        runs.append([int(ops.sample(logits, [(0, slot, -1)])["tokens"][0]) for _ in range(64)])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert len(set(runs[0])) > 20


def test_a_resumed_slot_goes_on_as_before(ops: Any) -> None:
    """After a preemption the slot is taken anew with the output so far, penalties and all."""
    logits = make_logits(20, SMALL, spread=1.0)
    sequence = Sampled(
        seed=3, frequency_penalty=0.5, repetition_penalty=1.3, bad_words=[[1, 2]], prompt=[4, 5]
    )
    init_slot(ops, 0, sequence)
    whole = [int(ops.sample(logits, [(row, 0, -1)])["tokens"][0]) for row in range(20)]
    init_slot(ops, 9, replace(sequence, output=whole[:11]))
    assert ops.last_tokens()[9] == whole[10]
    rest = [int(ops.sample(logits, [(row, 9, -1)])["tokens"][0]) for row in range(11, 20)]
    assert rest == whole[11:]
    assert ops.last_tokens()[9] == whole[-1]


def test_penalties_count_every_draw(ops: Any) -> None:
    """Step by step against torch, long enough that every count grows."""
    logits = make_logits(60, 12, seed=2, spread=1.0)
    sequence = Sampled(
        frequency_penalty=0.7, presence_penalty=0.2, repetition_penalty=1.1, seed=5, prompt=[3, 4]
    )
    init_slot(ops, 3, sequence)
    for row in range(60):
        want = reference.draw(torch.from_numpy(logits[row]), sequence)
        assert int(ops.sample(logits, [(row, 3, -1)])["tokens"][0]) == want
        sequence.output.append(want)


def test_bad_words_follow_the_output(ops: Any) -> None:
    """The last token of a word is banned only after the rest of it, in the output alone."""
    logits = np.zeros((1, 8), np.float32)
    logits[0, 3], logits[0, 4], logits[0, 5] = 9.0, 8.0, 7.0
    sequence = Sampled(temperature=0.0, bad_words=[[3, 3], [3, 4, 3], [5]], prompt=[3])
    init_slot(ops, 0, sequence)
    got = [int(ops.sample(logits, [(0, 0, -1)])["tokens"][0]) for _ in range(6)]
    # 3 is free; 3 after 3 is not; after 3 4 neither; after 4 4 it is again.
    assert got == [3, 4, 4, 3, 4, 4]


def test_the_longest_bad_word(ops: Any) -> None:
    word = [1, 2] * 16
    logits = np.zeros((1, 8), np.float32)
    logits[0, 2] = 5.0
    for output, banned in ((word[:-1], True), ([0] * 40 + word[:-1], True), (word[1:-1], False)):
        init_slot(ops, 0, Sampled(temperature=0.0, bad_words=[word], output=list(output)))
        token = int(ops.sample(logits, [(0, 0, -1)])["tokens"][0])
        assert (token != 2) == banned


def test_min_tokens_ends(ops: Any) -> None:
    logits = np.zeros((1, 8), np.float32)
    logits[0, 7] = 4.0
    init_slot(ops, 0, Sampled(temperature=0.0, min_tokens=2, stop_ids=[7, 100000, -1]))
    assert [int(ops.sample(logits, [(0, 0, -1)])["tokens"][0]) for _ in range(3)] == [0, 0, 7]


def make_batch(rows: int, vocab: int) -> tuple[np.ndarray, list[Sampled]]:
    names = list(RULES)
    return make_logits(rows, vocab, seed=4), [
        replace(RULES[names[i % len(names)]], seed=i) for i in range(rows)
    ]


def test_neighbours_threads_and_shards_change_nothing(device: str) -> None:
    vocab, rows = 5003, 48
    logits, sequences = make_batch(rows, vocab)
    plan = [(i, i, 4) for i in range(rows)]

    def run(ops: Any, values: np.ndarray, order: list[int], **options: Any) -> dict[str, Any]:
        for i in order:
            init_slot(ops, i, sequences[i])
        result = ops.sample(values, [plan[i] for i in order], **options)
        back = np.argsort(order)
        return {name: array[back] for name, array in result.items()}

    straight = list(range(rows))
    want = run(make_ops(device, 1), logits, straight)
    shuffled = np.random.default_rng(1).permutation(rows).tolist()
    width = 1680  # three shards, the last one padded with what must not be read
    padded = np.full((rows, 3 * width), np.nan, np.float32)
    padded[:, :vocab] = logits
    shards = padded.reshape(rows, 3, width).transpose(1, 0, 2)
    for got in (
        run(make_ops(device, 1), logits, shuffled),
        run(make_ops(device, 4), logits, straight),
        run(make_ops(device, 2), shards, straight, vocab_size=vocab),
    ):
        for name, array in want.items():
            np.testing.assert_array_equal(got[name], array, err_msg=name)
    ops = make_ops(device)
    for i in straight:
        for name, array in run(ops, logits, [i]).items():
            np.testing.assert_array_equal(array[0], want[name][i], err_msg=f"{name} of row {i}")


@pytest.mark.parametrize(("rows", "vocab"), [(64, MIDDLE), (64, LARGE), (144, LARGE)])
def test_a_row_in_a_crowd_is_what_it_is_alone(device: str, rows: int, vocab: int) -> None:
    """Every rule, at vocabularies that take many blocks of a GPU, 144 rows blocks of many tiles."""
    ops = make_ops(device, max_rows=rows)
    logits, sequences = make_batch(rows, vocab)
    for slot, sequence in enumerate(sequences):
        init_slot(ops, slot, sequence)
    crowd = ops.sample(logits, [(slot, slot, 3) for slot in range(rows)])
    scores = ops.score(logits, [(slot, 17 * slot, 2) for slot in range(rows)])
    for slot in range(0, rows, 5):
        init_slot(ops, slot, sequences[slot])
        alone = ops.sample(logits[slot : slot + 1], [(0, slot, 3)])
        for name, array in alone.items():
            np.testing.assert_array_equal(array[0], crowd[name][slot], err_msg=name)
        alone = ops.score(logits[slot : slot + 1], [(0, 17 * slot, 2)])
        for name, array in alone.items():
            np.testing.assert_array_equal(array[0], scores[name][slot], err_msg=name)


def test_rows_that_share_logits(ops: Any) -> None:
    """n > 1: several slots draw from one row, each with its own seed and rules."""
    logits = make_logits(2, SMALL)
    sequences = [Sampled(seed=i, frequency_penalty=float(i % 2)) for i in range(8)]
    for slot, sequence in enumerate(sequences):
        init_slot(ops, slot, sequence)
    got = ops.sample(logits, [(1, slot, -1) for slot in range(8)])["tokens"].tolist()
    assert got == [reference.draw(torch.from_numpy(logits[1]), s) for s in sequences]
    assert ops.last_tokens()[:8].tolist() == got


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf, "nothing"])
def test_a_broken_row_breaks_no_other(ops: Any, bad: Any, temperature: float) -> None:
    logits = make_logits(3, SMALL)
    if bad == "nothing":
        logits[1] = -np.inf
    else:
        logits[1, SMALL - 1] = bad
    fine = make_logits(1, SMALL, seed=1)
    sequence = Sampled(temperature=temperature, seed=6, frequency_penalty=1.0)
    for slot in range(4):
        init_slot(ops, slot, sequence)
    result = ops.sample(logits, [(0, 0, 2), (1, 1, 2), (2, 2, 2)])
    assert result["finite"].tolist() == [1, 0, 1]
    assert result["tokens"][1] == 0
    for slot in (0, 2):
        assert result["tokens"][slot] == reference.draw(torch.from_numpy(logits[slot]), sequence)
    # The state is as it was: the next draw is what a fresh slot's first one is.
    after = ops.sample(fine, [(0, 1, -1), (0, 3, -1)])["tokens"]
    assert after[0] == after[1]


def test_masks_that_leave_nothing(ops: Any) -> None:
    logits = make_logits(1, SMALL)
    logits[0, 5] = -np.inf
    init_slot(ops, 0, Sampled(allowed_token_ids=[5]))
    init_slot(ops, 1, Sampled(allowed_token_ids=[5, 6], top_k=2))
    result = ops.sample(logits, [(0, 0, -1), (0, 1, -1)])
    assert result["finite"].tolist() == [0, 1]
    assert result["tokens"].tolist() == [0, 6]


@pytest.mark.parametrize("vocab", [SMALL, MIDDLE, LARGE])
def test_logprobs_are_of_the_raw_logits(ops: Any, vocab: int) -> None:
    logits = make_logits(6, vocab, seed=3)
    logits[4] = np.round(logits[4])  # many ties
    logits[5, ::2] = -np.inf
    for slot in range(6):
        init_slot(ops, slot, Sampled(temperature=1.7, logit_bias=[(slot + 1, 30.0)], seed=slot))
    counts = [0, 1, 5, 20, 20, 20]
    result = ops.sample(logits, [(slot, slot, count) for slot, count in enumerate(counts)])
    for slot, count in enumerate(counts):
        token = int(result["tokens"][slot])
        want = reference.logprobs(torch.from_numpy(logits[slot]), token, count)
        check_logprobs(result, slot, want)


def check_logprobs(
    result: dict[str, np.ndarray], row: int, want: tuple[float, int, list[int], list[float]]
) -> None:
    logprob, rank, ids, values = want
    assert result["logprob"][row] == pytest.approx(logprob, abs=2e-6, rel=1e-6)
    assert result["rank"][row] == rank
    assert result["top_ids"][row, : len(ids)].tolist() == ids
    np.testing.assert_allclose(
        result["top_logprobs"][row, : len(ids)], values, atol=2e-6, rtol=1e-6
    )


def test_score(ops: Any) -> None:
    """Known tokens, several of one row; and rows that are no distribution."""
    logits = make_logits(4, 5000, seed=8, spread=5.0)
    logits[2, 77] = np.nan
    logits[3, 9] = -np.inf
    rows = [(0, 4999, 3), (0, 0, 0), (1, 123, 7), (3, 9, 1)]
    result = ops.score(logits, [*rows, (2, 5, 2)])
    for index, (row, target, count) in enumerate(rows):
        want = reference.logprobs(torch.from_numpy(logits[row]), target, count)
        check_logprobs(result, index, want)
    assert np.isnan(result["logprob"][4])
    assert result["rank"][4] == 0


def test_the_whole_vocabulary_in_order(ops: Any) -> None:
    """More best tokens than are possible: the impossible ones follow by id."""
    logits = make_logits(1, SMALL)
    logits[0, [7, 30, 2]] = -np.inf
    result = ops.score(logits, [(0, 0, SMALL)])
    want = reference.logprobs(torch.from_numpy(logits[0]), 0, SMALL)
    check_logprobs(result, 0, want)
    assert result["top_ids"][0, -3:].tolist() == [2, 7, 30]


def test_huge_logits_do_not_overflow(ops: Any) -> None:
    logits = np.full((1, SMALL), -3e38, np.float32)
    logits[0, 4], logits[0, 5] = 3e38, 2.9e38
    init_slot(ops, 0, Sampled(temperature=0.01, top_p=0.9))
    result = ops.sample(logits, [(0, 0, 2)])
    assert result["finite"][0] == 1
    assert result["tokens"][0] == 4
    assert result["logprob"][0] == 0.0


def test_philox_known_answers() -> None:
    """The reference itself, against the vectors its authors published."""
    ones = 0xFFFFFFFF
    cases: list[tuple[list[int], int, list[int]]] = [
        ([0] * 4, 0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([ones] * 4, 2**64 - 1, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            0x299F31D0A4093822,
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ]
    for counter, key, want in cases:
        assert reference.philox4x32(np.array([counter]), key)[0].tolist() == want
