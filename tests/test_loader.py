"""From a folder to filled slots: every tensor arrives unchanged in its slot from every layout, and
whatever does not fit is named, all at once, before anything has moved."""

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from checkpoints import FAMILIES, write_weights
from llmserve.loader import Model, load_weights, open_checkpoint, open_model
from weight_slots import expected_slots


class RecordingEngine:
    """Stands in for the core's Engine while loading: keeps what it is given, checks nothing."""

    def __init__(self, spec: Any, fail_at: str | None = None) -> None:
        self.slots = expected_slots(spec)
        self.loaded: dict[str, tuple[bytes, str, tuple[int, ...]]] = {}
        self.seed: int | None = None
        self.threads: set[int] = set()
        self._fail_at = fail_at
        self._lock = threading.Lock()

    def weight_slots(self) -> list[Any]:
        return [SimpleNamespace(name=name, shape=shape) for name, shape in self.slots.items()]

    def load_weight(self, slot: str, data: Any, dtype: str, shape: Sequence[int]) -> None:
        if slot == self._fail_at:
            raise ValueError(f"no room for {slot}")
        with self._lock:
            assert slot not in self.loaded
            self.loaded[slot] = (bytes(memoryview(data)), dtype, tuple(shape))
            self.threads.add(threading.get_ident())

    def load_dummy_weights(self, seed: int) -> None:
        self.seed = seed

    def missing_weights(self) -> list[str]:
        return [name for name in self.slots if name not in self.loaded]


def load(folder: Path, **options: Any) -> RecordingEngine:
    model = open_model(folder, **options)
    engine = RecordingEngine(model.spec)
    model.load_into(engine)
    return engine


def stored_tensors(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    tensors: dict[str, Any] = {}
    for path in folder.glob("*.safetensors"):
        tensors |= load_file(path)
    return tensors


def copy(folder: Path, target: Path, *, weights: bool = False) -> Path:
    """A copy that a test may change, without its weight files unless asked for."""
    skip = () if weights else ("*.safetensors*", "*.bin*")
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*skip), dirs_exist_ok=True)
    return target


def edit_config(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shards", [1, 3])
def test_every_tensor_reaches_its_slot(
    family: str, shards: int, checkpoint_factory: Callable[..., Path]
) -> None:
    folder = checkpoint_factory(family, shards=shards)
    assert len(list(folder.glob("*.safetensors"))) == shards
    model = open_model(folder)
    slot_of = model.placements.slots
    engine = RecordingEngine(model.spec)
    model.load_into(engine)
    tensors = stored_tensors(folder)
    assert len(engine.loaded) == len(tensors) == len(engine.slots)
    for name, tensor in tensors.items():
        data, dtype, shape = engine.loaded[slot_of[name]]
        assert (dtype, shape) == ("float32", tuple(tensor.shape))
        assert data == tensor.numpy().tobytes()


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((family, {}) for family in FAMILIES),
    ("llama", {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True}),
    ("qwen3", {"attention_bias": True, "dtype": "bfloat16"}),
]


@pytest.mark.parametrize(("family", "options"), VARIANTS)
def test_the_core_takes_it(
    family: str, options: dict[str, Any], checkpoint_factory: Callable[..., Path]
) -> None:
    """The same with the native engine: its slots are those written down here, and all fill up."""
    from llmserve import _core

    model = open_model(checkpoint_factory(family, **options))
    config = _core.EngineConfig(device="cpu", kv_cache_memory_bytes=1 << 22, num_threads=1)
    engine = _core.Engine(model.spec, config, None)
    try:
        slots = {slot.name: tuple(slot.shape) for slot in engine.weight_slots()}
        assert slots == expected_slots(model.spec)
        assert set(engine.missing_weights()) == set(slots)
        model.load_into(engine)
        assert not engine.missing_weights()
    finally:
        engine.close()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
@pytest.mark.parametrize("layout", ["safetensors", "bin"])
def test_dtypes_and_layouts_agree(
    dtype: str, layout: str, checkpoint_factory: Callable[..., Path]
) -> None:
    import torch

    folder = checkpoint_factory("llama", dtype=dtype, layout=layout, shards=2)
    model = open_model(folder)
    assert model.spec.dtype == dtype
    engine = RecordingEngine(model.spec)
    model.load_into(engine)
    # The same seed in float32, rounded, is what the file must hold.
    reference = stored_tensors(checkpoint_factory("llama"))
    for name, slot in model.placements.slots.items():
        data, stored, _ = engine.loaded[slot]
        want = reference[name].to(getattr(torch, dtype)).reshape(-1).view(torch.uint8)
        assert stored == dtype and data == want.numpy().tobytes()


@pytest.mark.parametrize("load_format", ["auto", "pt", "bin"])
def test_pytorch_files(load_format: str, checkpoint_factory: Callable[..., Path]) -> None:
    engine = load(checkpoint_factory("qwen2", layout="bin"), load_format=load_format)
    assert not engine.missing_weights()


def test_safetensors_is_preferred_and_formats_can_be_forced(
    tiny_llama: Path, tmp_path: Path
) -> None:
    folder = copy(tiny_llama, tmp_path / "both", weights=True)
    (folder / "pytorch_model.bin").write_bytes(b"not read")
    assert not load(folder).missing_weights()
    with pytest.raises(ValueError, match=r"pytorch_model\.bin cannot be read as tensors alone"):
        load(folder, load_format="pt")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"has no weights: looked for \*\.safetensors"):
        load(folder, load_format="safetensors")
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ValueError, match=r"\*\.safetensors or pytorch_model\*\.bin"):
        load(folder)
    with pytest.raises(ValueError, match="load_format is 'gguf'; allowed: auto, safetensors"):
        load(folder, load_format="gguf")


class Payload:
    def __reduce__(self) -> Any:
        return (print, ("code of a checkpoint ran",))


def test_no_code_of_a_pytorch_file_runs(
    tiny_llama: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    folder = copy(tiny_llama, tmp_path / "evil")
    torch.save({"model.norm.weight": Payload()}, folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match="cannot be read as tensors alone") as error:
        open_checkpoint(folder)
    assert "\n" not in str(error.value)
    assert "code of a checkpoint ran" not in capsys.readouterr().out
    torch.save([torch.zeros(1)], folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match="holds list, not a dict"):
        open_checkpoint(folder)
    torch.save({"step": 3}, folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match="holds 'step', which is not a named tensor"):
        open_checkpoint(folder)


def test_dummy_weights_need_the_config_alone(tiny_llama: Path, tmp_path: Path) -> None:
    model = open_model(copy(tiny_llama, tmp_path / "empty"), load_format="dummy")
    assert model.checkpoint is None
    engine = RecordingEngine(model.spec)
    model.load_into(engine, seed=5)
    assert engine.seed == 5 and not engine.loaded


def changed(folder: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Model:
    """A copy of a checkpoint whose tensors were changed, opened."""
    tensors = stored_tensors(folder)
    change(tensors)
    copy(folder, target)
    write_weights(target, tensors)
    return open_model(target)


def refusal(model: Model) -> str:
    engine = RecordingEngine(model.spec)
    with pytest.raises(ValueError) as error:
        model.load_into(engine)
    assert not engine.loaded, "nothing may be loaded of a checkpoint that does not fit"
    assert "\n" not in str(error.value)
    return str(error.value)


def test_all_misfits_are_named_at_once(tiny_llama: Path, tmp_path: Path) -> None:
    import torch

    def change(tensors: dict[str, Any]) -> None:
        del tensors["model.norm.weight"]
        del tensors["model.layers.2.mlp.up_proj.weight"]
        tensors["model.layers.0.self_attn.q_proj.weight_scale"] = torch.ones(1)
        tensors["model.layers.1.self_attn.k_proj.weight"] = torch.ones(41, 48)
        tensors["model.layers.1.input_layernorm.weight"] = torch.ones(48, dtype=torch.float64)

    message = refusal(changed(tiny_llama, tmp_path / "x", change))
    assert "missing tensors (2): model." in message
    assert "model.norm.weight" in message and "model.layers.2.mlp.up_proj.weight" in message
    assert "unknown tensors (1): model.layers.0.self_attn.q_proj.weight_scale" in message
    assert (
        "wrong shapes (1): model.layers.1.self_attn.k_proj.weight is [41, 48] where "
        "layers.1.attention.k is [40, 48]" in message
    )
    assert (
        "unsupported dtypes (1): model.layers.1.input_layernorm.weight for "
        "layers.1.attention_norm is F64" in message
    )


def test_long_lists_are_cut(tiny_llama: Path, tmp_path: Path) -> None:
    def keep_none(tensors: dict[str, Any]) -> None:
        for name in list(tensors)[1:]:
            del tensors[name]

    message = refusal(changed(tiny_llama, tmp_path / "x", keep_none))
    assert "missing tensors (29): " in message and message.endswith(" and 19 more")


def test_old_buffers_are_left_out(tiny_llama: Path, tmp_path: Path) -> None:
    import torch

    def add(tensors: dict[str, Any]) -> None:
        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(10)

    model = changed(tiny_llama, tmp_path / "x", add)
    engine = RecordingEngine(model.spec)
    model.load_into(engine)
    assert not engine.missing_weights()


@pytest.mark.parametrize("same", [True, False])
def test_a_tied_config_with_a_head_in_the_file(
    same: bool, checkpoint_factory: Callable[..., Path], tmp_path: Path
) -> None:
    """The file wins where it differs; an equal copy is not kept twice."""

    def add_head(tensors: dict[str, Any]) -> None:
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
        if not same:
            tensors["lm_head.weight"][-1, -1] += 1

    model = changed(checkpoint_factory("qwen2"), tmp_path / "x", add_head)
    assert model.spec.tied_head == same
    engine = RecordingEngine(model.spec)
    model.load_into(engine)
    assert ("head" in engine.loaded) != same
    if not same:
        assert engine.loaded["head"][0] != engine.loaded["embedding"][0]


def test_an_untied_config_needs_its_head(tiny_llama: Path, tmp_path: Path) -> None:
    message = refusal(changed(tiny_llama, tmp_path / "x", lambda t: t.pop("lm_head.weight")))
    assert "missing tensors (1): lm_head.weight" in message


def test_missing_shards_are_named_together(
    checkpoint_factory: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy(checkpoint_factory("llama", shards=3), tmp_path / "x", weights=True)
    (folder / "model-00001-of-00003.safetensors").unlink()
    (folder / "model-00003-of-00003.safetensors").unlink()
    with pytest.raises(ValueError) as error:
        open_model(folder)
    assert "lacks 2 of the 3 weight files" in str(error.value)
    assert "model-00001-of-00003.safetensors, model-00003-of-00003.safetensors" in str(error.value)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({}, "has no weight_map"),
        ({"weight_map": []}, "has no weight_map"),
        ({"weight_map": {"t": "../../etc/passwd"}}, "not a file name"),
        ({"weight_map": {"t": "/etc/passwd"}}, "not a file name"),
        ({"weight_map": {"t": ".."}}, "not a file name"),
        ({"weight_map": {"t": 3}}, "puts 't' into 3"),
        ({"weight_map": {"t": "gone.safetensors"}}, "lacks 1 of the 1 weight files"),
        ({"weight_map": {"t": "a.safetensors"}}, "that its files do not hold: t"),
    ],
)
def test_the_index_is_not_trusted(tmp_path: Path, index: Any, message: str) -> None:
    from safetensors.numpy import save_file

    save_file({"u": np.ones(2, dtype=np.float32)}, tmp_path / "a.safetensors")
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match=message):
        open_checkpoint(tmp_path)


def test_files_without_an_index(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    one = {"u": np.ones(2, dtype=np.float32)}
    save_file(one, tmp_path / "a.safetensors")
    save_file({"v": np.ones(2, dtype=np.float32)}, tmp_path / "b.safetensors")
    save_file(one, tmp_path / "consolidated.safetensors")
    checkpoint = open_checkpoint(tmp_path)
    assert checkpoint is not None and set(checkpoint.tensors) == {"u", "v"}
    checkpoint.close()
    save_file(one, tmp_path / "c.safetensors")
    with pytest.raises(ValueError, match=r"tensor 'u' is in both .*a\.safetensors and .*c\.safet"):
        open_checkpoint(tmp_path)


def test_a_broken_file_is_named(tiny_llama: Path, tmp_path: Path) -> None:
    folder = copy(tiny_llama, tmp_path / "x", weights=True)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"model\.safetensors is not a valid safetensors file"):
        open_model(folder)


def test_the_first_error_ends_the_loading(tiny_llama: Path) -> None:
    model = open_model(tiny_llama)
    engine = RecordingEngine(model.spec, fail_at="embedding")
    assert model.checkpoint is not None
    with pytest.raises(ValueError, match="no room for embedding"):
        load_weights(engine, model.checkpoint, model.placements, num_threads=1)
    assert list(engine.loaded) == ["head"]  # the tensor before it in the file, none after it
    model.close()


def test_several_threads_read(tiny_llama: Path) -> None:
    """Two readers are in load_weight at the same time; each waits there for the other."""
    model = open_model(tiny_llama)
    both = threading.Barrier(2)

    class Engine(RecordingEngine):
        def load_weight(self, slot: str, data: Any, dtype: str, shape: Sequence[int]) -> None:
            if not both.broken and len(self.loaded) == 0:
                both.wait(timeout=10)
            super().load_weight(slot, data, dtype, shape)

    engine = Engine(model.spec)
    assert model.checkpoint is not None
    load_weights(engine, model.checkpoint, model.placements, num_threads=2)
    assert not both.broken and not engine.missing_weights() and len(engine.threads) == 2
    model.close()


@pytest.mark.parametrize(("terminal", "wanted"), [(True, True), (True, False), (False, True)])
def test_a_bar_counts_shards_on_a_terminal(
    terminal: bool,
    wanted: bool,
    checkpoint_factory: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import tqdm

    bars: list[dict[str, Any]] = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            self.state = {**options, "done": 0, "closed": False}
            bars.append(self.state)

        def update(self, count: int) -> None:
            self.state["done"] += count

        def close(self) -> None:
            self.state["closed"] = True

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: terminal))
    model = open_model(checkpoint_factory("llama", shards=3))
    model.load_into(RecordingEngine(model.spec), use_tqdm=wanted)
    if not (terminal and wanted):
        assert not bars
        return
    (bar,) = bars
    assert bar["desc"] == "Loading safetensors checkpoint shards"
    assert (bar["total"], bar["done"], bar["closed"]) == (3, 3, True)


def test_dtype_of_a_config_that_names_none(
    checkpoint_factory: Callable[..., Path], tmp_path: Path
) -> None:
    folder = copy(checkpoint_factory("llama", dtype="bfloat16"), tmp_path / "x", weights=True)
    edit_config(folder, dtype=None)
    assert open_model(folder).spec.dtype == "bfloat16"
    assert open_model(folder, dtype="half").spec.dtype == "float16"
    edit_config(folder, dtype="float32")
    assert open_model(folder).spec.dtype == "float32"


def test_overrides_replace_config_values(tiny_llama: Path) -> None:
    model = open_model(tiny_llama, overrides={"max_position_embeddings": 128})
    assert model.spec.max_position == 128 and model.config["max_position_embeddings"] == 128
    model.close()
