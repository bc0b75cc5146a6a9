"""Text to token ids and back, from the files of a checkpoint: tokenizer.json and its companions.

Needs neither transformers nor torch. Templates are in chat_template.py, typed control tokens in
control_tokens.py, the table for the core's detokenizer in token_table.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chat_template import ChatTemplate, compile_chat_template, plain_data
from .control_tokens import ControlTokens, Mask, encode_text
from .detokenizer import GenericDetokenizer
from .token_table import TokenPieces, read_token_pieces, tokens_by_id

if TYPE_CHECKING:
    import tokenizers

    from . import _core

__all__ = ["GenericDetokenizer", "Tokenizer"]

_NAMED_TOKENS = (
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"
)  # fmt: skip

_LONG = 1000  # tokens


class Tokenizer:
    """The tokenizer of a checkpoint. Safe to use from several threads."""

    def __init__(
        self,
        backend: tokenizers.Tokenizer,
        named_tokens: Mapping[str, str] | None = None,
        chat_templates: Mapping[str, str] | None = None,
        class_name: str = "PreTrainedTokenizerFast",
    ) -> None:
        """named_tokens: bos_token, eos_token, ... -> string. chat_templates: name -> Jinja source,
        the usual one under "default". class_name: what transformers makes of the checkpoint."""
        self.backend = backend
        self.class_name = class_name
        self.named_tokens = dict(named_tokens or {})
        self.chat_templates = dict(chat_templates or {})
        tokens = tokens_by_id(backend)
        self.vocab_size = len(tokens)  # highest id + 1
        self._pieces = read_token_pieces(backend, tokens)
        self._control_tokens = ControlTokens(backend)

    @classmethod
    def from_dir(cls, path: str | Path, *, trust_remote_code: bool = False) -> Tokenizer:
        """Loads the tokenizer of a folder.

        trust_remote_code: a folder without tokenizer.json is handed to transformers, which may run
        the folder's Python code. Raises ValueError that says what is missing or broken.
        """
        folder = Path(path)
        config = _read_json(folder / "tokenizer_config.json")
        named, extra = _special_tokens(folder, config)
        if (folder / "tokenizer.json").is_file():
            backend = _load_backend(folder / "tokenizer.json")
        elif trust_remote_code:
            backend, named = _load_with_transformers(folder)
        else:
            raise ValueError(
                f"{folder} has no tokenizer.json, which the tokenizer is read from; with "
                "--trust-remote-code transformers makes one from other files and the folder's code."
            )
        _add_missing_tokens(backend, config, [*named.values(), *extra])
        backend.no_padding()
        backend.no_truncation()
        class_name = config.get("tokenizer_class")
        given = {"class_name": class_name} if isinstance(class_name, str) else {}
        return cls(backend, named, _chat_templates(folder, config), **given)

    # Token ids.

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        """Token ids of a text. add_special_tokens: with those that tokenizer.json puts around a
        text, such as BOS; add_bos_token of tokenizer_config.json changes nothing, as in
        transformers 5."""
        return encode_text(self.backend, text, add_special_tokens)

    def encode_batch(
        self, texts: Sequence[str], add_special_tokens: bool = True
    ) -> list[list[int]]:
        """Token ids of each text, computed on all cores."""
        encodings = self.backend.encode_batch_fast(
            list(texts), add_special_tokens=add_special_tokens
        )
        return [list(encoding.ids) for encoding in encodings]

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """The text of token ids; ids that mean nothing have no text. Raises ValueError for ids that
        are negative or over 32 bits."""
        ids = list(token_ids)
        try:
            if len(ids) > _LONG:  # a batch gives up Python's lock; for few ids it is slower
                return self.backend.decode_batch([ids], skip_special_tokens=skip_special_tokens)[0]
            return self.backend.decode(ids, skip_special_tokens=skip_special_tokens)
        except OverflowError as error:
            raise ValueError("token_ids holds a negative or too large id.") from error

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes that a token stands for, perhaps a part of a character; b"" if it has none."""
        if self._pieces is None:
            return self.decode([token_id], skip_special_tokens=False).encode()
        known = 0 <= token_id < len(self._pieces.pieces)
        return self._pieces.pieces[token_id] if known else b""

    def token_name(self, token_id: int) -> str:
        """A token as the vocabulary spells it; "" if there is none."""
        return self.backend.id_to_token(token_id) or ""

    def token_id(self, token: str | None) -> int | None:
        """The id of a token by its name in the vocabulary."""
        return None if token is None else self.backend.token_to_id(token)

    @property
    def bos_token(self) -> str | None:
        return self.named_tokens.get("bos_token")

    @property
    def eos_token(self) -> str | None:
        return self.named_tokens.get("eos_token")

    @property
    def pad_token(self) -> str | None:
        return self.named_tokens.get("pad_token")

    @property
    def bos_token_id(self) -> int | None:
        return self.token_id(self.bos_token)

    @property
    def eos_token_id(self) -> int | None:
        return self.token_id(self.eos_token)

    @property
    def pad_token_id(self) -> int | None:
        return self.token_id(self.pad_token)

    def token_pieces(self) -> TokenPieces | None:
        """The bytes of every id; None where no table can describe the decoder."""
        return self._pieces

    def token_table(self) -> _core.TokenTable | None:
        """The table for the core's detokenizer. None: use GenericDetokenizer."""
        if self._pieces is None:
            return None
        from . import _core

        pieces = self._pieces
        return _core.TokenTable(pieces.pieces, pieces.special, pieces.strip_leading_space)

    # Chats.

    def chat_template(
        self, chat_template: str | None = None, *, with_tools: bool = False
    ) -> ChatTemplate:
        """The compiled template: chat_template is a source or the name of one of the checkpoint's.

        None: the checkpoint's own, for chats with tools the one it names "tool_use".
        Raises ValueError where there is none or it is not valid.
        """
        if chat_template is not None:
            return compile_chat_template(self.chat_templates.get(chat_template, chat_template))
        if not self.chat_templates:
            raise ValueError(
                "This model's tokenizer has no chat template; give one with --chat-template."
            )
        if with_tools and "tool_use" in self.chat_templates:
            return compile_chat_template(self.chat_templates["tool_use"])
        if "default" not in self.chat_templates:
            names = ", ".join(sorted(self.chat_templates))
            raise ValueError(f"chat_template must name one of this model's templates: {names}.")
        return compile_chat_template(self.chat_templates["default"])

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] | None = None,
        documents: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        chat_template: str | None = None,
        **kwargs: Any,
    ) -> str:
        """The text of a chat. kwargs: further names that the template reads. Raises ValueError."""
        template = self.chat_template(chat_template, with_tools=bool(tools))
        data = _chat_data(template, messages, tools, documents, kwargs)
        return self._render(template, data, add_generation_prompt, continue_final_message)

    def render_chat(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] | None = None,
        documents: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        chat_template: str | None = None,
        interpret_special_tokens: bool = False,
        **kwargs: Any,
    ) -> tuple[str, list[int]]:
        """A chat as text and as token ids. Raises ValueError.

        Control tokens that stand in the messages, tools, documents or kwargs are plain text to the
        model, unless interpret_special_tokens. Without such, the ids are
        encode(text, add_special_tokens=False).
        """
        template = self.chat_template(chat_template, with_tools=bool(tools))
        data = _chat_data(template, messages, tools, documents, kwargs)
        mask = Mask({})
        if not interpret_special_tokens:
            data, mask = self._control_tokens.mask(data, template.source)
        text = self._render(template, data, add_generation_prompt, continue_final_message)
        return mask.restore(text), self._control_tokens.encode(text, mask)

    def render_and_encode(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> list[int]:
        """The token ids of a chat; options as in render_chat()."""
        return self.render_chat(messages, **options)[1]

    def _render(
        self, template: ChatTemplate, data: list[Any], generation_prompt: bool, continue_final: bool
    ) -> str:
        messages, tools, documents, variables = data
        return template.render(
            messages,
            tools=tools,
            documents=documents,
            add_generation_prompt=generation_prompt,
            continue_final_message=continue_final,
            variables={**self.named_tokens, **variables},
        )


def _chat_data(
    template: ChatTemplate,
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]] | None,
    documents: Sequence[Mapping[str, Any]] | None,
    variables: Mapping[str, Any],
) -> list[Any]:
    """All that a caller gives to a template, as plain JSON data that is ours to change."""
    return [
        template.prepare(messages),
        plain_data(tools, "tools"),
        plain_data(documents, "documents"),
        plain_data(variables, "chat_template_kwargs"),
    ]


# Loading.


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path} must hold a JSON object.")
    return value


def _load_backend(path: Path) -> tokenizers.Tokenizer:
    import tokenizers

    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is not a valid tokenizer: {reason}") from error


def _load_with_transformers(folder: Path) -> tuple[tokenizers.Tokenizer, dict[str, str]]:
    """What transformers makes of other files; only where the user trusts the folder."""
    import transformers

    try:
        loaded: Any = transformers.AutoTokenizer.from_pretrained(
            str(folder), trust_remote_code=True
        )
    except Exception as error:  # the folder's own code may raise anything
        reason = " ".join(str(error).split())
        raise ValueError(f"transformers cannot load the tokenizer of {folder}: {reason}") from error
    backend = getattr(loaded, "backend_tokenizer", None)
    if backend is None:
        raise ValueError(
            f"The tokenizer of {folder} is Python code of its own ({type(loaded).__name__}); only "
            "those that transformers can turn into a fast tokenizer are supported."
        )
    return backend, {name: str(token) for name, token in loaded.special_tokens_map.items()}


def _token_text(token: Any) -> str | None:
    """A special token of a config file: a string, or an object with its content."""
    if isinstance(token, dict):
        token = token.get("content")
    return token if isinstance(token, str) and token else None


def _special_tokens(folder: Path, config: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The named special tokens, and the others. special_tokens_map.json is the older place for
    them: it counts only beside a tokenizer_config.json that does not list the added tokens."""
    source = dict(config)
    if "added_tokens_decoder" not in config:
        source.update(_read_json(folder / "special_tokens_map.json"))
    named = {name: text for name in _NAMED_TOKENS if (text := _token_text(source.get(name)))}
    others = source.get("extra_special_tokens") or source.get("additional_special_tokens") or []
    values = others.values() if isinstance(others, dict) else others
    return named, [text for token in values if (text := _token_text(token))]


def _add_missing_tokens(
    backend: tokenizers.Tokenizer, config: dict[str, Any], special: list[str]
) -> None:
    """Makes tokens known that only the config files list, and special ones special."""
    from tokenizers import AddedToken

    known = {token.content for token in backend.get_added_tokens_decoder().values()}
    listed = config.get("added_tokens_decoder") or {}
    if not isinstance(listed, dict) or not all(key.isdigit() for key in listed):
        raise ValueError("added_tokens_decoder of tokenizer_config.json must map ids to tokens.")
    flags = ("single_word", "lstrip", "rstrip", "normalized", "special")
    for _, token in sorted(listed.items(), key=lambda item: int(item[0])):
        text = _token_text(token)
        if text is None or text in known:
            continue
        settings = {flag: bool(token[flag]) for flag in flags if flag in token}
        backend.add_tokens([AddedToken(text, **settings)])
        known.add(text)
    missing = [text for text in dict.fromkeys(special) if text not in known]
    backend.add_special_tokens([AddedToken(text, special=True) for text in missing])


def _chat_templates(folder: Path, config: dict[str, Any]) -> dict[str, str]:
    """Name -> source. Files of their own come before tokenizer_config.json, the processor's
    chat_template.json last."""
    templates: dict[str, str] = {}
    if (folder / "chat_template.jinja").is_file():
        templates["default"] = (folder / "chat_template.jinja").read_text(encoding="utf-8")
    for path in sorted((folder / "additional_chat_templates").glob("*.jinja")):
        templates[path.stem] = path.read_text(encoding="utf-8")
    if templates:
        return templates
    for source in (config, _read_json(folder / "chat_template.json")):
        given = source.get("chat_template")
        if isinstance(given, str):
            return {"default": given}
        if isinstance(given, list):
            return {item["name"]: item["template"] for item in given if _is_named(item)}
        if isinstance(given, dict):
            return {name: text for name, text in given.items() if isinstance(text, str)}
    return {}


def _is_named(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and isinstance(item.get("template"), str)
    )
