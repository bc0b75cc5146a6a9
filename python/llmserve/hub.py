"""Turns what a user calls a model into a folder: the default model and a local folder as they are,
a name through the Hugging Face hub. Only the last costs a look at the network and an import of the
hub's client.
"""

import os
import re
from pathlib import Path
from typing import Any

__all__ = ["DEFAULT_MODEL", "resolve_model"]

DEFAULT_MODEL = "llmserve-mini"  # a small chat model inside the package
_DEFAULT_FOLDER = Path(__file__).with_name("llmserve_mini")

_HUB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_MAX_HUB_NAME = 96

# What else a model needs to run; weights are asked for by themselves.
_SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer*",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "*.jinja",
)
_SAFETENSORS = ("*.safetensors", "*.safetensors.index.json")
_PYTORCH = ("pytorch_model*.bin", "pytorch_model.bin.index.json")
# Other layouts of the same weights: in folders of their own, or beside under such a name.
_NEVER = ("*/*", "consolidated*")


def resolve_model(
    model: str,
    revision: str | None = None,
    download_dir: str | None = None,
    load_format: str = "auto",
    token: str | None = None,
) -> Path:
    """The folder of a model, downloaded first if `model` is the name of a repository.

    DEFAULT_MODEL is the package's own, whatever else has that name; ./llmserve-mini is a folder.
    revision: branch, tag or commit on the hub. download_dir: in place of the hub's cache.
    load_format: as for loader.open_checkpoint; decides which weight files are fetched. token: for
    private and gated repositories; default HF_TOKEN or the stored login.
    Raises ValueError with one sentence on what is wrong and what to do about it.
    """
    if model == DEFAULT_MODEL:
        return _DEFAULT_FOLDER
    path = os.path.expanduser(model)  # os.path, not pathlib: no name makes these raise
    if os.path.isdir(path):
        return Path(path)
    if os.path.exists(path):
        raise ValueError(f"model {model!r} is a file; give the folder that holds config.json")
    if _looks_like_path(model):
        raise ValueError(f"model {model[:200]!r} looks like a path, and there is no such folder")
    if len(model) > _MAX_HUB_NAME or not _HUB_NAME.fullmatch(model) or ".." in model:
        raise ValueError(
            f"model {model[:200]!r} is neither a folder nor a name on the Hugging Face hub; a name "
            "reads organization/name"
        )
    return _download(model, revision, download_dir, load_format, token)


def _looks_like_path(model: str) -> bool:
    return model.startswith(("/", ".", "~")) or model.endswith("/") or model.count("/") > 1


def _download(
    model: str, revision: str | None, download_dir: str | None, load_format: str, token: str | None
) -> Path:
    from huggingface_hub import snapshot_download

    def fetch(weights: tuple[str, ...]) -> Path:
        folder = snapshot_download(
            model,
            revision=revision,
            cache_dir=download_dir,
            token=token,
            allow_patterns=[*_SMALL_FILES, *weights],
            ignore_patterns=list(_NEVER),
        )
        return Path(folder)

    try:
        if load_format == "dummy":
            return fetch(())
        if load_format in ("pt", "bin"):
            return fetch(_PYTORCH)
        folder = fetch(_SAFETENSORS)
        if load_format == "auto" and not any(folder.glob("*.safetensors")):
            folder = fetch(_PYTORCH)
        return folder
    except Exception as error:  # HTTP, disk, names: the client has no common class for them
        raise ValueError(_explain(error, model, revision)) from error


def _explain(error: Exception, model: str, revision: str | None) -> str:
    """One sentence on a failed download, and what to do about it."""
    from huggingface_hub import errors

    at = f"{model} at revision {revision!r}" if revision else model
    status = _status(error)
    # The hub hides private repositories behind "not found", and gated ones are a kind of that.
    if isinstance(error, errors.GatedRepoError):
        return (
            f"model {model} is gated: accept its terms at https://huggingface.co/{model} and set "
            "HF_TOKEN to a token of that account"
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return f"model {model} has no revision {revision!r} on the Hugging Face hub"
    if isinstance(error, errors.RepositoryNotFoundError) or status in (401, 404):
        return (
            f"model {model} was not found: there is no folder of that name here and no such "
            "repository on the Hugging Face hub; if it is private, set HF_TOKEN"
        )
    if status == 403:
        return f"the Hugging Face hub denies access to {at}: set HF_TOKEN to one that may read it"
    if _offline():
        return (
            f"model {at} is not in the local cache and HF_HUB_OFFLINE is set: unset it, or give "
            "the folder of the model"
        )
    if status is not None:
        return f"the Hugging Face hub answered {status} for {at}; try again later"
    if isinstance(error, (errors.LocalEntryNotFoundError, ConnectionError)):
        return (
            f"model {at} is not in the local cache and the Hugging Face hub cannot be reached: "
            "check the network, or give the folder of the model"
        )
    return f"model {at} could not be downloaded: {_first_line(error)}"


def _status(error: BaseException | None) -> int | None:
    """The HTTP status behind an error, which the hub's client wraps more than once."""
    for _ in range(8):
        if error is None:
            return None
        response: Any = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        if isinstance(status, int):
            return status
        error = error.__cause__ or error.__context__
    return None


def _offline() -> bool:
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
