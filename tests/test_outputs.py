"""From the core's outputs to RequestOutput: what is joined, what is cut, what is left out."""

from typing import Any

import pytest
from fake_engine import FakeEngine, LetterTokenizer, Output, TokenLogprobs, make_client
from llmserve import RequestOutput, RequestOutputKind, SamplingParams
from llmserve.engine_client import EngineClient
from llmserve.outputs import Logprob
from llmserve.request_state import RequestState

DELTA, CUMULATIVE = RequestOutputKind.DELTA, RequestOutputKind.CUMULATIVE


def start(client: EngineClient, prompt: object = "ab", **params: Any) -> RequestState:
    prepared = client.prepare(prompt, client.validated(SamplingParams(**params)))
    state = client.new_state("r", prepared)
    client.submit(state, prepared)
    return state


def letters(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def step(client: EngineClient, state: RequestState, *outputs: Output) -> RequestOutput:
    engine: Any = client.engine
    engine.give(*outputs)
    assert client.take() == [state]
    assert state.ready
    return state.read()


def test_cumulative_outputs_grow() -> None:
    client = make_client(FakeEngine())
    state = start(client)
    first = step(client, state, Output(1000, 0, letters("x"), "x"))
    second = step(client, state, Output(1000, 0, letters("yz"), "yz", finish_reason="length"))
    assert (first.outputs[0].text, first.outputs[0].token_ids) == ("x", letters("x"))
    assert (second.outputs[0].text, second.outputs[0].token_ids) == ("xyz", letters("xyz"))
    assert (first.finished, second.finished) == (False, True)
    assert second.outputs[0].finish_reason == "length"
    assert second.prompt == "ab"
    assert second.prompt_token_ids == letters("ab")
    assert client.active == {}


def test_deltas_hold_what_is_new() -> None:
    client = make_client(FakeEngine())
    state = start(client, output_kind=DELTA)
    assert step(client, state, Output(1000, 0, letters("x"), "x")).outputs[0].text == "x"
    last = step(client, state, Output(1000, 0, letters("yz"), "yz", finish_reason="stop"))
    assert (last.outputs[0].text, last.outputs[0].token_ids) == ("yz", letters("yz"))


def test_deltas_that_nobody_read_are_joined() -> None:
    engine = FakeEngine()
    client = make_client(engine)
    state = start(client, output_kind=DELTA)
    for letter in "xyz":
        engine.give(Output(1000, 0, letters(letter), letter))
        client.take()  # so that it is the state that joins them
    assert state.read().outputs[0].text == "xyz"
    assert not state.ready


def test_final_only_is_silent_until_the_end() -> None:
    engine = FakeEngine()
    client = make_client(engine)
    state = start(client, output_kind=RequestOutputKind.FINAL_ONLY)
    engine.give(Output(1000, 0, letters("x"), "x"))
    client.take()
    assert not state.ready
    last = step(client, state, Output(1000, 0, letters("y"), "y", finish_reason="length"))
    assert last.outputs[0].text == "xy"


def test_samples_come_in_order_of_their_index() -> None:
    client = make_client(FakeEngine())
    state = start(client, n=3)
    output = step(
        client,
        state,
        Output(1000, 2, letters("c"), "c", finish_reason="length"),
        Output(1000, 0, letters("a"), "a"),
    )
    assert [(one.index, one.text) for one in output.outputs] == [(0, "a"), (1, ""), (2, "c")]
    assert not output.finished
    output = step(
        client,
        state,
        Output(1000, 1, letters("b"), "b", finish_reason="stop", stop_reason=98),
        Output(1000, 0, [], "", finish_reason="stop"),
    )
    assert output.finished
    assert [one.stop_reason for one in output.outputs] == [None, 98, None]


def test_deltas_of_several_samples_leave_out_the_silent_ones() -> None:
    client = make_client(FakeEngine())
    state = start(client, n=3, output_kind=DELTA)
    output = step(
        client, state, Output(1000, 2, letters("c"), "c"), Output(1000, 0, letters("a"), "a")
    )
    assert [(one.index, one.text) for one in output.outputs] == [(0, "a"), (2, "c")]


def test_logprobs() -> None:
    client = make_client(FakeEngine())
    state = start(client, logprobs=2)
    chosen = TokenLogprobs(120, -2.0, 3, [(121, -0.5), (122, -1.0)])
    first = step(client, state, Output(1000, 0, [120], "x", logprobs=[chosen])).outputs[0]
    assert first.logprobs == [
        {120: Logprob(-2.0, 3, "x"), 121: Logprob(-0.5, 1, "y"), 122: Logprob(-1.0, 2, "z")}
    ]
    assert list(first.logprobs[0]) == [120, 121, 122]  # the chosen one first
    best = TokenLogprobs(121, -0.25, 1, [(121, -0.25), (122, -1.5)])
    second = step(client, state, Output(1000, 0, [121], "y", logprobs=[best])).outputs[0]
    assert second.logprobs is not None
    assert len(second.logprobs) == 2
    assert list(second.logprobs[1]) == [121, 122]
    assert second.cumulative_logprob == pytest.approx(-2.25)


def test_without_logprobs_there_are_none() -> None:
    client = make_client(FakeEngine())
    output = step(client, start(client), Output(1000, 0, [120], "x")).outputs[0]
    assert output.logprobs is None
    assert output.cumulative_logprob is None


def test_prompt_logprobs_come_whole_although_computed_in_parts() -> None:
    engine = FakeEngine()
    client = make_client(engine)
    for kind in (CUMULATIVE, DELTA):
        state = start(client, "abc", prompt_logprobs=0, output_kind=kind)
        request = state.core_id
        engine.give(Output(request, prompt_logprobs=[TokenLogprobs(98, -1.0, 1, [])]))
        client.take()
        assert not state.ready  # of no use before the first token
        output = step(
            client,
            state,
            Output(request, 0, [120], "x", prompt_logprobs=[TokenLogprobs(99, -2.0, 4, [])]),
        )
        assert output.prompt_logprobs == [
            None,
            {98: Logprob(-1.0, 1, "b")},
            {99: Logprob(-2.0, 4, "c")},
        ]
        again = step(client, state, Output(request, 0, [121], "y"))
        assert (again.prompt_logprobs is None) == (kind is DELTA)


def test_times_and_counts() -> None:
    client = make_client(FakeEngine())
    state = start(client, n=2)
    begin = state.metrics.arrival_time
    output = step(
        client,
        state,
        Output(
            *(1000, 0, [120], "x"),
            scheduled_time=begin + 1,
            first_token_time=begin + 2,
            last_token_time=begin + 2,
            num_cached_tokens=1,
            num_preemptions=1,
        ),
        Output(1000, 1, [120, 121], "xy", last_token_time=begin + 3, num_preemptions=2),
    )
    metrics = output.metrics
    assert metrics is not None
    assert metrics.time_in_queue == pytest.approx(1)
    assert metrics.time_to_first_token == pytest.approx(2)
    assert metrics.last_token_time == pytest.approx(begin + 3)
    assert metrics.e2e_latency is None
    assert metrics.num_generation_tokens == 3
    assert metrics.num_preemptions == 3
    assert output.num_cached_tokens == 1
    ends = [Output(1000, index, [], "", finish_reason="abort") for index in (0, 1)]
    step(client, state, *ends)
    assert metrics.e2e_latency is not None


def test_a_failed_sample_says_why() -> None:
    client = make_client(FakeEngine())
    error = Output(1000, finish_reason="error", error="the logits are not finite")
    output = step(client, start(client), error).outputs[0]
    assert (output.finish_reason, output.error) == ("error", "the logits are not finite")


# Texts and stop strings that are made in Python, for tokenizers without a table.


def generic(engine: FakeEngine) -> EngineClient:
    return make_client(engine, core_detokenizes=False)


def test_generic_text_waits_for_whole_characters() -> None:
    client = generic(FakeEngine())
    state = start(client, output_kind=DELTA)
    assert step(client, state, Output(1000, 0, [*letters("x"), 1])).outputs[0].text == "x"
    assert step(client, state, Output(1000, 0, [2])).outputs[0].text == "é"
    last = step(client, state, Output(1000, 0, [1], finish_reason="length"))
    assert last.outputs[0].text == "\ufffd"


def test_generic_stop_string_across_outputs() -> None:
    engine = FakeEngine()
    client = generic(engine)
    state = start(client, stop=["END"], output_kind=DELTA)
    assert step(client, state, Output(1000, 0, letters("abE"))).outputs[0].text == "ab"
    last = step(client, state, Output(1000, 0, letters("NDxy")))
    assert last.finished
    output = last.outputs[0]
    assert (output.text, output.finish_reason, output.stop_reason) == ("", "stop", "END")
    assert output.token_ids == letters("ND")  # nothing after the token that completed it
    assert engine.stopped == [(1000, 0)]
    engine.give(Output(1000, 0, letters("z")))  # was on its way
    assert client.take() == []
    assert engine.submitted[0].params.stop == []  # the core has no text to look into


def test_generic_stop_string_stays_if_wanted() -> None:
    client = generic(FakeEngine())
    state = start(client, stop="END", include_stop_str_in_output=True)
    output = step(client, state, Output(1000, 0, letters("aENDb"))).outputs[0]
    assert (output.text, output.stop_reason) == ("aEND", "END")


def test_generic_text_that_only_might_have_become_a_stop_string() -> None:
    client = generic(FakeEngine())
    state = start(client, stop="END")
    output = step(client, state, Output(1000, 0, letters("aEN"), finish_reason="length"))
    assert (output.outputs[0].text, output.outputs[0].finish_reason) == ("aEN", "length")


def test_generic_stop_strings_wait_for_min_tokens() -> None:
    client = generic(FakeEngine())
    state = start(client, stop="b", min_tokens=3)
    output = step(client, state, Output(1000, 0, letters("abcdb"))).outputs[0]
    assert (output.text, output.token_ids) == ("abcd", letters("abcdb"))


def test_generic_samples_stop_one_by_one() -> None:
    engine = FakeEngine()
    client = generic(engine)
    state = start(client, stop="!", n=2)
    output = step(client, state, Output(1000, 0, letters("a!")), Output(1000, 1, letters("bc")))
    assert not output.finished
    assert engine.stopped == [(1000, 0)]
    output = step(client, state, Output(1000, 1, letters("!"), finish_reason="length"))
    assert output.finished
    assert [one.text for one in output.outputs] == ["a", "bc"]
    assert engine.stopped == [(1000, 0)]  # the second had ended by itself


def test_one_broken_text_does_not_disturb_the_others() -> None:
    class Broken(LetterTokenizer):
        def decode(self, token_ids: Any, skip_special_tokens: bool = True) -> str:
            if ord("!") in token_ids:
                raise KeyError("no such letter")
            return super().decode(token_ids, skip_special_tokens)

    engine = FakeEngine()
    client = make_client(engine, core_detokenizes=False, tokenizer=Broken())
    bad, good = start(client), start(client)
    engine.give(Output(1000, 0, letters("!")), Output(1001, 0, letters("ok")))
    assert client.take() == [bad, good]
    output = bad.read()
    assert output.finished
    assert output.outputs[0].finish_reason == "error"
    assert "no such letter" in str(output.outputs[0].error)
    assert good.read().outputs[0].text == "ok"
    assert engine.aborted == [1000]
