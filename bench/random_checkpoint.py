"""Writes a random Llama checkpoint with a real tokenizer, for benchmarks and first steps where no
model is at hand. Its text is nonsense; its files are what any other checkpoint has.

    python bench/random_checkpoint.py OUT [--layers N] [--hidden N] ...

Needs numpy and tokenizers only. Equal arguments give equal weights. The tokenizer is trained on the
documentation inside Python's own standard library, so its tokens differ with the version of Python.
"""

import argparse
import json
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>")
END_OF_TEXT, IM_END, PAD = 0, 2, 3
CHAT_TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
_MAX_TRAINING_BYTES = 4 << 20
_ROWS_AT_ONCE = 4096  # drawn and written in pieces, so that size is bound by the disk alone


def training_text() -> Iterator[str]:
    """Sources of the standard library, in a fixed order, up to a few megabytes."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    total = 0
    for path in sorted(folder.glob("*.py")) + sorted(folder.glob("*/*.py")):
        if "site-packages" in path.parts or "dist-packages" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        total += len(text)
        yield text
        if total > _MAX_TRAINING_BYTES:
            return


def write_tokenizer(out: Path, vocab_size: int, max_length: int) -> None:
    """Trains a byte-level BPE tokenizer of exactly vocab_size tokens. Raises ValueError."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    # Words with their leading space, digits in groups of three, runs of signs and of blanks.
    pattern = Regex(r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(pattern, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(training_text(), trainer)
    if tokenizer.get_vocab_size() != vocab_size:
        raise ValueError(
            f"--vocab is {vocab_size}; the text at hand gives {tokenizer.get_vocab_size()} tokens"
        )
    tokenizer.save(str(out / "tokenizer.json"))
    added = {
        str(i): {"content": token, "special": True, "normalized": False}
        | dict.fromkeys(("lstrip", "rstrip", "single_word"), False)
        for i, token in enumerate(SPECIAL_TOKENS)
    }
    write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": None,
            "eos_token": SPECIAL_TOKENS[IM_END],
            "pad_token": SPECIAL_TOKENS[PAD],
            "unk_token": None,
            "add_bos_token": False,
            "clean_up_tokenization_spaces": False,
            "model_max_length": max_length,
            "added_tokens_decoder": added,
            "chat_template": CHAT_TEMPLATE,
        },
    )


def make_config(args: argparse.Namespace) -> dict[str, Any]:
    """config.json in the form of transformers."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": args.vocab,
        "hidden_size": args.hidden,
        "intermediate_size": args.intermediate,
        "num_hidden_layers": args.layers,
        "num_attention_heads": args.heads,
        "num_key_value_heads": args.kv_heads,
        "head_dim": args.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": args.max_position,
        "rms_norm_eps": 1e-5,
        "rope_theta": 500000.0,
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": args.tied,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": IM_END,
        "pad_token_id": PAD,
        "torch_dtype": args.dtype,
    }


def tensor_shapes(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor, in the order of the file."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    heads = config["num_attention_heads"] * config["head_dim"]
    kv_heads = config["num_key_value_heads"] * config["head_dim"]
    shapes: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (config["vocab_size"], hidden)
    }
    for i in range(config["num_hidden_layers"]):
        shapes |= {
            f"model.layers.{i}.{name}.weight": shape
            for name, shape in {
                "input_layernorm": (hidden,),
                "self_attn.q_proj": (heads, hidden),
                "self_attn.k_proj": (kv_heads, hidden),
                "self_attn.v_proj": (kv_heads, hidden),
                "self_attn.o_proj": (hidden, heads),
                "post_attention_layernorm": (hidden,),
                "mlp.gate_proj": (inner, hidden),
                "mlp.up_proj": (inner, hidden),
                "mlp.down_proj": (hidden, inner),
            }.items()
        }
    shapes["model.norm.weight"] = (hidden,)
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (config["vocab_size"], hidden)
    return shapes


def write_tensor(
    file: BinaryIO, rng: np.random.Generator, shape: tuple[int, ...], dtype: str
) -> None:
    """Draws a tensor and appends it. Norms are near one; the scale of a matrix keeps its input's,
    with branches that outweigh the embedding, so that greedy text does not repeat one token."""
    if len(shape) == 1:
        file.write(to_bytes(1.0 + 0.1 * rng.standard_normal(shape, dtype=np.float32), dtype))
        return
    scale = np.float32(1.5 * shape[1] ** -0.5)
    for begin in range(0, shape[0], _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, shape[0] - begin)
        values = rng.standard_normal((rows, shape[1]), dtype=np.float32)
        file.write(to_bytes(scale * values, dtype))


def to_bytes(values: np.ndarray, dtype: str) -> bytes:
    """float32 numbers in the dtype of the file, rounded to nearest even."""
    if dtype == "float32":
        return values.astype("<f4").tobytes()
    if dtype == "float16":
        return values.astype("<f2").tobytes()
    bits = values.astype("<f4").view("<u4")
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
    return rounded.astype("<u2").tobytes()


def write_weights(path: Path, config: dict[str, Any], seed: int) -> int:
    """Writes a safetensors file, tensor by tensor, and returns the number of parameters."""
    dtype = config["torch_dtype"]
    code, width = {"bfloat16": ("BF16", 2), "float16": ("F16", 2), "float32": ("F32", 4)}[dtype]
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    shapes = tensor_shapes(config)
    for name, shape in shapes.items():
        begin, end = end, end + width * int(np.prod(shape, dtype=np.int64))
        header[name] = {"dtype": code, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the data is aligned
    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape in shapes.values():
            write_tensor(file, rng, shape, dtype)
    return end // width


def write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Write a random Llama checkpoint with a real tokenizer.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("out", type=Path, help="folder to write; made if it is not there")
    parser.add_argument("--layers", type=int, default=8, help="decoder layers")
    parser.add_argument("--hidden", type=int, default=320, help="hidden size")
    parser.add_argument("--intermediate", type=int, default=None, help="default: hidden size x 3")
    parser.add_argument("--heads", type=int, default=10, help="attention heads")
    parser.add_argument("--kv-heads", type=int, default=2, help="key and value heads")
    parser.add_argument("--head-dim", type=int, default=None, help="default: hidden size / heads")
    parser.add_argument("--vocab", type=int, default=8192, help="tokens of tokenizer and model")
    parser.add_argument("--max-position", type=int, default=4096, help="longest context")
    parser.add_argument("--tied", action="store_true", help="the head is the embedding")
    parser.add_argument("--dtype", choices=("bfloat16", "float16", "float32"), default="bfloat16")
    parser.add_argument("--seed", type=int, default=0, help="of the weights")
    args = parser.parse_args(arguments)
    names = ("layers", "hidden", "heads", "kv_heads", "max_position")
    for name in (*names, "intermediate", "head_dim"):
        value = getattr(args, name)
        if value is not None and value < 1:
            parser.error(f"--{name.replace('_', '-')} is {value}; it must be at least 1")
    if args.vocab < 256 + len(SPECIAL_TOKENS):
        parser.error(f"--vocab is {args.vocab}; it must be at least {256 + len(SPECIAL_TOKENS)}")
    if args.heads % args.kv_heads:
        parser.error(
            f"--heads is {args.heads}; it must be a multiple of --kv-heads {args.kv_heads}"
        )
    args.intermediate = args.intermediate or 3 * args.hidden
    args.head_dim = args.head_dim or args.hidden // args.heads
    if args.head_dim < 2 or args.head_dim % 2:
        parser.error(f"--head-dim is {args.head_dim}; it must be even")
    return args


def main(arguments: list[str] | None = None) -> None:
    args = parse_arguments(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    config = make_config(args)
    try:
        write_tokenizer(args.out, args.vocab, args.max_position)
    except ValueError as error:
        sys.exit(f"random_checkpoint.py: {error}")
    write_json(args.out / "config.json", config)
    write_json(
        args.out / "generation_config.json",
        {
            "bos_token_id": END_OF_TEXT,
            "eos_token_id": [IM_END, END_OF_TEXT],
            "pad_token_id": PAD,
            "do_sample": True,
            "temperature": 0.7,
            "top_p": 0.95,
        },
    )
    count = write_weights(args.out / "model.safetensors", config, args.seed)
    print(f"{args.out}: {count / 1e6:.1f}M parameters, {args.dtype}, {args.vocab} tokens")


if __name__ == "__main__":
    main()
