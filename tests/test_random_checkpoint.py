"""bench/random_checkpoint.py: it writes a checkpoint like any other, the same for a seed."""

import subprocess
import sys
from pathlib import Path

import pytest
from llmserve.loader import open_model
from weight_slots import expected_slots

SCRIPT = Path(__file__).parents[1] / "bench" / "random_checkpoint.py"
SMALL = "--layers 2 --hidden 64 --heads 4 --kv-heads 2 --vocab 600 --max-position 128".split()


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("random") / "new" / "folder"
    done = run(str(out), *SMALL)
    assert done.returncode == 0, done.stderr
    assert "0.2M parameters, bfloat16, 600 tokens" in done.stdout
    return out


def test_it_opens_like_any_other(folder: Path) -> None:
    model = open_model(folder)
    assert model.checkpoint is not None and not model.spec.tied_head
    slots = expected_slots(model.spec)
    shapes = {model.placements.slots[n]: t.shape for n, t in model.checkpoint.tensors.items()}
    assert shapes == slots
    assert {t.dtype for t in model.checkpoint.tensors.values()} == {"bfloat16"}
    assert model.generation_config.eos_token_ids == (2, 0)
    model.close()


def test_transformers_generates_from_it(folder: Path) -> None:
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert len(tokenizer) == model.config.vocab_size == 600
    text = "def read(path): 12345 naïve 漢字 😀\n"
    assert tokenizer.decode(tokenizer(text).input_ids) == text
    chat = [{"role": "user", "content": "Hi"}]
    prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    assert prompt == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    ids = torch.tensor([tokenizer(prompt).input_ids])
    new = model.generate(ids, do_sample=False, max_new_tokens=40, eos_token_id=None)[0, -40:]
    assert len(set(new.tolist())) > 10, "greedy text must not collapse"


def test_bfloat16_is_rounded_to_nearest_even(tmp_path: Path) -> None:
    import numpy as np
    import torch

    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from random_checkpoint import to_bytes
    finally:
        sys.path.remove(str(SCRIPT.parent))
    values = np.random.default_rng(1).standard_normal(5000, dtype=np.float32)
    values[:4] = [1.00390625, 1.01171875, -1.00390625, 0.0]  # ties, both ways
    want = torch.from_numpy(values).bfloat16().view(torch.uint8).numpy().tobytes()
    assert to_bytes(values, "bfloat16") == want


def test_the_seed_decides_the_weights(folder: Path, tmp_path: Path) -> None:
    for name, seed in (("same", "0"), ("other", "1")):
        assert run(str(tmp_path / name), *SMALL, "--seed", seed).returncode == 0
    read = [
        (p / "model.safetensors").read_bytes()
        for p in (folder, *map(tmp_path.joinpath, ("same", "other")))
    ]
    assert read[0] == read[1] != read[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--heads", "5", "--kv-heads", "2"], "--heads is 5; it must be a multiple"),
        (["--layers", "0"], "--layers is 0; it must be at least 1"),
        (["--vocab", "100"], "--vocab is 100; it must be at least 260"),
        (["--head-dim", "7"], "--head-dim is 7; it must be even"),
    ],
)
def test_odd_arguments_are_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(str(tmp_path / "x"), *arguments)
    assert done.returncode == 2 and message in done.stderr
    assert not (tmp_path / "x").exists()
