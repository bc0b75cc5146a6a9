"""Tiny random checkpoints in the Hugging Face layout: weights, config, tokenizer, defaults.

Every weight is drawn here, none is left at a neutral value (norms differ from one, biases from
zero), so that a part the engine forgets shows up in the output. Fixtures: conftest.py.
"""

import json
from pathlib import Path
from typing import Any

# The id of each special token; the trained tokens follow.
END_OF_TEXT, IM_START, IM_END, PAD = 0, 1, 2, 3
SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>")

CHAT_TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)

# What the tokenizer is trained on: prose, code, numbers, and scripts of two to four bytes a letter.
TRAINING_TEXT = """\
The harbour woke before the town did. Boats came in with the tide, and the men who had been out all
night threw their ropes to the boys who had slept. Nobody spoke much. There was the sound of water
under the boards, the sound of crates, and the sound of the gulls that followed every boat home.
"How many?" asked the woman with the ledger. "Forty-two," said the oldest of them, "and three more
that we owe to the neighbours." She wrote it down: 42, then 3, then the date, 17 March 1908.
When the sun stood over the wall, the market opened. There were baskets of herring, jars of honey,
bread that was still warm, and a man who sold knives and would tell anyone what they were made of.
The children liked him because he let them turn the wheel; the mothers did not, for the same reason.
In the evening the wind turned. The woman closed the ledger, the man packed his knives, and the
boats went out again, one after the other, until the lamps were only points between sea and sky.

def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            yield number, line.rstrip("\\n")

for (int i = 0; i < count; ++i) { sum += values[i] * weights[i]; }
{"name": "harbour", "open": true, "boats": [1, 2, 3], "depth": 4.25, "notes": null}

Der Wind drehte sich, und die Möwen flogen über die Dächer. Où est la clé? Elle était là, près de la
fenêtre. Корабли вернулись утром, и город проснулся. 船は朝に港へ戻り、町は目を覚ました。
早上船回到港口。城市醒来了。 😀 🚢 ⚓ 🌊 😀
"""

VOCAB_SIZE = 389  # of tokenizer and model; a prime, so that no split over ranks is even

# Sizes that no kernel likes, head counts that split over 1, 2 and 4 ranks (with fewer kv heads than
# ranks in the largest), and each family's own switches.
_COMMON: dict[str, Any] = {
    "vocab_size": VOCAB_SIZE,
    "hidden_size": 48,
    "intermediate_size": 100,
    "num_hidden_layers": 3,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "bos_token_id": END_OF_TEXT,
    "eos_token_id": IM_END,
    "pad_token_id": PAD,
    "tie_word_embeddings": False,
}
FAMILIES: dict[str, dict[str, Any]] = {
    "llama": {"head_dim": 20, "rms_norm_eps": 1e-5},
    "mistral": {"head_dim": 12, "sliding_window": None, "num_key_value_heads": 1},
    "qwen2": {"num_attention_heads": 4, "tie_word_embeddings": True},
    "qwen3": {"head_dim": 16, "num_attention_heads": 4},
}

# Every kind of rotary embedding, as overrides of a checkpoint whose head_dim is 20. The original
# lengths are short, so that ordinary test prompts reach the positions where the kinds differ.
ROPES: dict[str, dict[str, Any]] = {
    "default": {"rope_parameters": {"rope_type": "default", "rope_theta": 500.0}},
    "linear": {
        "rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
    },
    "dynamic": {
        "max_position_embeddings": 32,
        "rope_parameters": {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0},
    },
    "llama3": {
        "rope_parameters": {
            "rope_type": "llama3",
            "rope_theta": 500000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    },
    "yarn": {
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": 10000.0,
            "factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    },
    "longrope": {
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 10000.0,
            "short_factor": [1.0 + 0.02 * i for i in range(10)],
            "long_factor": [1.0 + 0.7 * i for i in range(10)],
            "factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    },
}


def make_checkpoint(
    directory: Path,
    family: str = "llama",
    *,
    seed: int = 0,
    dtype: str = "float32",
    shards: int = 1,
    layout: str = "safetensors",
    **overrides: Any,
) -> Path:
    """Writes a random checkpoint of a family into `directory` and returns it.

    overrides are fields of the family's config. dtype: of the stored weights. shards: how many
    weight files (1: no index). layout: "safetensors" or "bin".
    """
    import torch
    import transformers

    settings = {**_COMMON, **FAMILIES[family], **overrides}
    config = transformers.AutoConfig.for_model(family, **settings)
    config.architectures = [_architecture(family)]
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    _draw_weights(model, seed)
    model = model.to(getattr(torch, dtype))

    directory.mkdir(parents=True, exist_ok=True)
    config.dtype = dtype
    config.save_pretrained(directory)
    tensors = dict(model.state_dict())
    if config.tie_word_embeddings:
        del tensors["lm_head.weight"]
    write_weights(directory, tensors, shards=shards, layout=layout)
    write_tokenizer(directory)
    write_generation_config(directory)
    return directory


def write_weights(
    directory: Path, tensors: dict[str, Any], *, shards: int = 1, layout: str = "safetensors"
) -> None:
    """Writes named torch tensors as Hugging Face names weight files, with an index if sharded."""
    import torch
    from safetensors.torch import save_file

    stem, suffix = {
        "safetensors": ("model", "safetensors"),
        "bin": ("pytorch_model", "bin"),
    }[layout]
    names = sorted(tensors)
    weight_map = {}
    for shard in range(shards):
        part = {name: tensors[name].contiguous() for name in names[shard::shards]}
        number = "" if shards == 1 else f"-{shard + 1:05d}-of-{shards:05d}"
        path = directory / f"{stem}{number}.{suffix}"
        if layout == "safetensors":
            save_file(part, path, metadata={"format": "pt"})
        else:
            torch.save(part, path)
        weight_map.update(dict.fromkeys(part, path.name))
    if shards > 1:
        total = sum(t.numel() * t.element_size() for t in tensors.values())
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        (directory / f"{stem}.{suffix}.index.json").write_text(json.dumps(index))


def write_tokenizer(directory: Path) -> None:
    """Trains a byte-level BPE tokenizer of VOCAB_SIZE tokens and writes it with a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING_TEXT.splitlines(keepends=True), trainer)
    if tokenizer.get_vocab_size() != VOCAB_SIZE:
        raise RuntimeError(f"the training text gives {tokenizer.get_vocab_size()} tokens only")
    tokenizer.save(str(directory / "tokenizer.json"))
    tokenizer_config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": None,
        "eos_token": SPECIAL_TOKENS[IM_END],
        "pad_token": SPECIAL_TOKENS[PAD],
        "unk_token": None,
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 256,
        "added_tokens_decoder": {
            str(i): {
                "content": token,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": True,
            }
            for i, token in enumerate(SPECIAL_TOKENS)
        },
        "chat_template": CHAT_TEMPLATE,
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(tokenizer_config, indent=2))


def write_generation_config(directory: Path) -> None:
    """Writes the sampling defaults of the checkpoint, with two tokens that end a text."""
    values = {
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": [IM_END, END_OF_TEXT],
        "pad_token_id": PAD,
        "do_sample": True,
        "temperature": 0.7,
        "top_k": 50,
        "top_p": 0.95,
    }
    (directory / "generation_config.json").write_text(json.dumps(values, indent=2))


def _architecture(family: str) -> str:
    return {
        "llama": "LlamaForCausalLM",
        "mistral": "MistralForCausalLM",
        "qwen2": "Qwen2ForCausalLM",
        "qwen3": "Qwen3ForCausalLM",
    }[family]


def _draw_weights(model: Any, seed: int) -> None:
    """Draws all parameters so that greedy text wanders and the best token is well ahead.

    The branches outweigh the embedding in the residual: otherwise a tied head would repeat the last
    token for ever. Keys are large enough for attention to look at single tokens.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith(("q_norm.weight", "k_norm.weight")):
                parameter.copy_(1.6 + 0.3 * noise)
            elif name.endswith("norm.weight"):
                parameter.copy_(1.0 + 0.2 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.3 * noise)
            elif "embed_tokens" in name or "lm_head" in name:
                parameter.copy_(0.5 * noise)
            else:
                gain = 3.0 if "o_proj" in name or "down_proj" in name else 1.5
                parameter.copy_(gain * parameter.shape[1] ** -0.5 * noise)
