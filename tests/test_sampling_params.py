"""SamplingParams: defaults, final forms, and a refusal for every bad value."""

import math
import pickle
from typing import Any

import pytest
from llmserve import RequestOutputKind, SamplingParams


def test_defaults_are_those_users_know() -> None:
    params = SamplingParams()
    assert (params.n, params.temperature, params.top_p, params.top_k) == (1, 1.0, 1.0, 0)
    assert (params.max_tokens, params.min_tokens, params.seed) == (16, 0, None)
    assert (params.stop, params.stop_token_ids, params.bad_words) == ([], [], [])
    assert params.output_kind is RequestOutputKind.CUMULATIVE
    assert params.detokenize and params.skip_special_tokens


def test_fields_take_their_final_form() -> None:
    bias: Any = {"5": 200, 7: -1}  # JSON has text keys only
    params = SamplingParams(stop="end", top_k=-1, seed=-1, logit_bias=bias)
    assert params.stop == ["end"]
    assert params.top_k == 0
    assert params.seed is None
    assert params.logit_bias == {5: 100.0, 7: -1.0}


def test_greedy_needs_no_shape() -> None:
    params = SamplingParams(temperature=0, top_p=0.5, top_k=3, min_p=0.1)
    assert params.greedy
    assert (params.top_p, params.top_k, params.min_p) == (1.0, 0, 0.0)
    assert SamplingParams(temperature=0, n=4).n == 4  # four equal texts, as OpenAI clients expect


def test_tiny_temperatures_are_raised(caplog: pytest.LogCaptureFixture) -> None:
    assert SamplingParams(temperature=0.001).temperature == 0.01
    assert "temperature 0.001" in caplog.text
    assert SamplingParams(temperature=0.01).temperature == 0.01


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("n", 0, "from 1 to 256"),
        ("n", 257, "from 1 to 256"),
        ("temperature", -0.1, "finite and at least 0"),
        ("temperature", math.nan, "finite and at least 0"),
        ("temperature", math.inf, "finite and at least 0"),
        ("top_p", 0, "over 0 and at most 1"),
        ("top_p", 1.01, "over 0 and at most 1"),
        ("top_p", math.nan, "over 0 and at most 1"),
        ("top_k", -2, "at least -1"),
        ("min_p", 1.5, "from 0 to 1"),
        ("presence_penalty", 2.5, "from -2 to 2"),
        ("frequency_penalty", -2.5, "from -2 to 2"),
        ("repetition_penalty", 0, "finite and over 0"),
        ("max_tokens", 0, "at least 1"),
        ("top_k", 2**31, "at most 2147483647"),
        ("min_tokens", -1, "at least 0"),
        ("logprobs", -2, "at least -1"),
        ("prompt_logprobs", -2, "at least -1"),
        ("seed", 2**64, "from"),
        ("stop", [""], "a character at least"),
        ("stop", ["x"] * 65, "at most 64"),
        ("stop", "x" * 1025, "at most 1024"),
        ("stop_token_ids", [-1], "at least 0"),
        ("stop_token_ids", [1] * 257, "at most 256"),
        ("bad_words", [""], "a character at least"),
        ("allowed_token_ids", [], "at least one"),
        ("logit_bias", {3: math.nan}, "from -100 to 100"),
        ("logit_bias", {-3: 1.0}, "at least 0"),
        ("logit_bias", {2**31: 1.0}, "at most 2147483647"),
        ("logit_bias", dict.fromkeys(range(1025), 1.0), "at most 1024"),
        ("spaces_between_special_tokens", False, "only True"),
    ],
)
def test_values_out_of_range(field: str, value: Any, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed) as error:
        SamplingParams(**{field: value})
    words = field.replace("_", " ")
    assert field in str(error.value) or words.removesuffix("s") in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", True),
        ("n", 1.5),
        ("n", "1"),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_p", None),
        ("max_tokens", 3.0),
        ("logprobs", True),
        ("seed", 0.5),
        ("stop", 5),
        ("stop", [5]),
        ("stop", b"x"),
        ("stop_token_ids", "12"),
        ("stop_token_ids", [1.5]),
        ("stop_token_ids", [True]),
        ("bad_words", [1]),
        ("logit_bias", [1]),
        ("logit_bias", {"x": 1.0}),
        ("logit_bias", {1: "x"}),
        ("logit_bias", {1: True}),
        ("ignore_eos", 1),
        ("detokenize", None),
        ("output_kind", "delta"),
    ],
)
def test_values_of_a_wrong_type(field: str, value: Any) -> None:
    with pytest.raises(TypeError, match=field):
        SamplingParams(**{field: value})


def test_fields_that_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="min_tokens is 20; it must not be over max_tokens"):
        SamplingParams(min_tokens=20)
    assert SamplingParams(min_tokens=20, max_tokens=None).min_tokens == 20
    with pytest.raises(ValueError, match="detokenize must be True"):
        SamplingParams(stop="x", detokenize=False)


def test_unknown_fields_are_answered_with_a_hint() -> None:
    with pytest.raises(TypeError, match="structured outputs are not supported yet"):
        SamplingParams(structured_outputs={})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="did you mean 'temperature'"):
        SamplingParams(temprature=0.5)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        SamplingParams(1)  # type: ignore[call-arg]


def test_a_change_is_checked_again() -> None:
    params = SamplingParams()
    params.stop = "end"
    params.validate()
    assert list(params.stop) == ["end"]
    params.top_p = 3.0
    with pytest.raises(ValueError, match="top_p is 3"):
        params.validate()


def test_copies_are_deep_and_pickles_whole() -> None:
    params = SamplingParams(stop=["a"], logit_bias={1: 2.0})
    copy = params.clone()
    assert copy == params
    assert isinstance(copy.stop, list)
    copy.stop.append("b")
    assert params.stop == ["a"]
    assert pickle.loads(pickle.dumps(params)) == params


def test_from_optional_prefers_what_is_given() -> None:
    defaults = {"temperature": 0.6, "top_p": 0.9}
    params = SamplingParams.from_optional(defaults, temperature=0.2, top_p=None, max_tokens=None)
    assert (params.temperature, params.top_p, params.max_tokens) == (0.2, 0.9, 16)
    assert SamplingParams.from_optional({"max_tokens": None}).max_tokens is None


def test_bounds_are_those_of_the_core() -> None:
    # Both sides check; a value that one of them refuses must not pass the other.
    import re
    from pathlib import Path

    from llmserve import sampling_params

    header = Path(__file__).parents[1] / "cpp/spec/sampling_params.h"
    bounds = dict(re.findall(r"int32_t k(Max\w+) = (\d+);", header.read_text()))
    for ours, theirs in (
        ("MAX_N", "MaxN"),
        ("MAX_STOP_STRINGS", "MaxStopStrings"),
        ("MAX_STOP_STRING_BYTES", "MaxStopStringBytes"),
        ("MAX_STOP_TOKEN_IDS", "MaxStopTokenIds"),
        ("MAX_LOGIT_BIAS", "MaxLogitBias"),
        ("MAX_BAD_WORDS", "MaxBadWords"),
    ):
        assert getattr(sampling_params, ours) == int(bounds[theirs]), ours
