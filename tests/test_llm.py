"""LLM on a fake engine: order, early refusals, interrupts and failures."""

import gc
import inspect
import io
import threading
from typing import Any

import pytest
from fake_engine import FakeEngine, Output, Submitted, echo, make_client
from llmserve import LLM, EngineArgs, EngineDeadError, QueueFullError, SamplingParams
from llmserve.stats import Counter, Gauge


def make_llm(engine: FakeEngine, answer: bool = True, **options: Any) -> LLM:
    if answer:
        engine.on_submit = echo(engine)
    return LLM.from_client(make_client(engine, **options))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


# What is asked for.


def test_outputs_are_in_the_order_of_the_prompts(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)

    def answer_backwards(request: Submitted) -> None:
        if len(engine.submitted) == 3:
            for one in reversed(engine.submitted):
                engine.give(Output(one.id, 0, one.prompt, finish_reason="length"))

    engine.on_submit = answer_backwards
    prompts: list[Any] = ["one", [50, 51], {"prompt_token_ids": [52], "prompt": "shown"}]
    outputs = llm.generate(prompts)
    assert [output.prompt for output in outputs] == ["one", None, "shown"]
    assert [output.outputs[0].token_ids for output in outputs] == [[111, 110, 101], [50, 51], [52]]
    assert [output.request_id for output in outputs] == ["0", "1", "2"]


@pytest.mark.parametrize("prompt", ["abc", [97, 98, 99], {"prompt": "abc"}])
def test_one_prompt_gives_a_list_of_one(engine: FakeEngine, prompt: Any) -> None:
    (output,) = make_llm(engine).generate(prompt)
    assert output.outputs[0].text == "cba"
    assert output.finished


def test_no_prompts(engine: FakeEngine) -> None:
    assert make_llm(engine).generate([]) == []


def test_params_for_all_for_each_or_by_default(engine: FakeEngine) -> None:
    llm = make_llm(engine, default_params={"temperature": 0.5})
    llm.generate(["a", "b"], SamplingParams(top_k=3))
    llm.generate(["a", "b"], [SamplingParams(top_k=1), SamplingParams(top_k=2)])
    llm.generate("a")
    assert [one.params.top_k for one in engine.submitted] == [3, 3, 1, 2, 0]
    assert engine.submitted[-1].params.temperature == pytest.approx(0.5)
    assert llm.get_default_sampling_params() == SamplingParams(temperature=0.5)


def test_bad_words_leave_one_of_the_allowed_tokens(engine: FakeEngine) -> None:
    """Or the model would be blamed where none is left. Of a word of several, the last is banned."""
    llm = make_llm(engine)
    for bad_words, allowed in ((["b"], [98]), (["ab"], [98]), (["ab", "ac"], [98, 99])):
        params = SamplingParams(bad_words=bad_words, allowed_token_ids=allowed)
        with pytest.raises(ValueError, match="bad_words ban each of allowed_token_ids"):
            llm.generate("a", params)
    assert not engine.submitted
    llm.generate("a", SamplingParams(bad_words=["ab"], allowed_token_ids=[97, 98]))


def test_what_the_core_gets(engine: FakeEngine) -> None:
    params = SamplingParams(
        seed=-5, bad_words=["ab"], logit_bias={5: 1.0}, stop=["x"], output_kind=_delta()
    )
    make_llm(engine, scheduling_policy="priority").generate(
        ["a", "b"], params, priority=[3, -2], cache_salt="s"
    )
    request = engine.submitted[0]
    assert request.params.seed == 2**64 - 5
    assert request.params.bad_words == [[97, 98], [32, 97, 98]]
    assert request.params.logit_bias == [(5, 1.0)]
    assert request.params.stop == ["x"]
    assert request.params.output_kind == "final_only"  # nobody reads what comes before
    assert request.eos_token_ids == [0]
    assert [one.priority for one in engine.submitted] == [3, -2]
    assert request.cache_salt == "s"
    assert params == SamplingParams(  # the caller's object stays as it was
        seed=-5, bad_words=["ab"], logit_bias={5: 1.0}, stop=["x"], output_kind=_delta()
    )


def _delta() -> Any:
    from llmserve import RequestOutputKind

    return RequestOutputKind.DELTA


def test_chat_renders_each_conversation(engine: FakeEngine) -> None:
    llm = make_llm(engine)
    talk = [{"role": "user", "content": "hi"}]
    outputs = llm.chat([talk, talk], chat_template_kwargs={"thinking": False})
    assert len(outputs) == 2
    assert engine.submitted[0].prompt == [ord(letter) for letter in "user:hi;"]
    messages, options = llm.get_tokenizer().rendered  # type: ignore[attr-defined]
    assert messages == talk
    assert options["add_generation_prompt"] is True
    assert options["thinking"] is False
    assert llm.chat(talk)[0].prompt == "user:hi;"
    with pytest.raises(ValueError, match="chat_template_kwargs holds 'tools'"):
        llm.chat(talk, chat_template_kwargs={"tools": []})
    with pytest.raises(TypeError, match="messages is of type str"):
        llm.chat("hi")  # type: ignore[arg-type]


def test_enqueue_now_and_collect_later(engine: FakeEngine) -> None:
    llm = make_llm(engine)
    assert llm.enqueue(["ab", "cd"]) == ["0", "1"]
    assert llm.enqueue("ef") == ["2"]
    assert llm.generate("xy")[0].outputs[0].text == "yx"  # does not take theirs
    texts = [output.outputs[0].text for output in llm.wait_for_completion()]
    assert texts == ["ba", "dc", "fe"]
    assert llm.wait_for_completion() == []


# What is refused.


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "has no tokens"),
        ([], "has no tokens"),
        ("x" * 64, "context of 64 tokens"),
        ([1, 128], "token id 128; ids must be from 0 to 127"),
        ([1, -1], "token id -1"),
        ({"text": "a"}, "key 'text'"),
        ("sea \ud800", "half of a surrogate pair at character 4"),
        ({}, "without 'prompt'"),
    ],
)
def test_one_bad_prompt_leaves_nothing_behind(
    engine: FakeEngine, prompt: Any, message: str
) -> None:
    llm = make_llm(engine)
    with pytest.raises(ValueError, match=f"prompt 1: .*{message}"):
        llm.generate(["good", prompt, "good"])
    assert engine.submitted == []
    assert len(llm.generate("good")) == 1


@pytest.mark.parametrize("prompt", [5, None, b"ab", [1, "a"], [1, True], {"prompt": 5}])
def test_what_is_no_prompt(engine: FakeEngine, prompt: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        make_llm(engine).generate(["good", prompt])
    assert engine.submitted == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"logprobs": 21}, "logprobs is 21; at most 20"),
        ({"prompt_logprobs": -1}, "prompt_logprobs is -1; at most 20"),
        ({"logit_bias": {128: 1.0}}, "logit_bias holds the token id 128"),
        ({"allowed_token_ids": [200]}, "allowed_token_ids holds the token id 200"),
        ({"stop_token_ids": [200]}, "stop_token_ids holds the token id 200"),
    ],
)
def test_params_that_the_model_cannot_grant(
    engine: FakeEngine, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_llm(engine).generate("a", SamplingParams(**params))
    assert engine.submitted == []


def test_whole_vocabulary_where_it_is_allowed(engine: FakeEngine) -> None:
    make_llm(engine, max_logprobs=-1).generate("a", SamplingParams(logprobs=-1))
    assert engine.submitted[0].params.logprobs == -1


def test_lists_that_do_not_fit_and_priorities_that_would_be_ignored(engine: FakeEngine) -> None:
    llm = make_llm(engine)
    with pytest.raises(ValueError, match="sampling_params has 1 entries for 2 prompts"):
        llm.generate(["a", "b"], [SamplingParams()])
    with pytest.raises(ValueError, match="scheduling_policy is fcfs"):
        llm.generate("a", priority=1)
    with pytest.raises(TypeError, match="sampling_params is of type dict"):
        llm.generate("a", {"n": 1})  # type: ignore[arg-type]


def test_without_a_tokenizer_token_ids_only(engine: FakeEngine) -> None:
    llm = make_llm(engine, tokenizer=None, skip_tokenizer_init=True, core_detokenizes=False)
    assert llm.generate([[5, 6]])[0].outputs[0].token_ids == [6, 5]
    assert engine.submitted[0].params.detokenize is False
    with pytest.raises(ValueError, match=r"a prompt of text .* skip_tokenizer_init is True"):
        llm.generate("a")
    with pytest.raises(ValueError, match=r"stop .* skip_tokenizer_init is True"):
        llm.generate([5], SamplingParams(stop="x"))


def test_unknown_settings() -> None:
    with pytest.raises(TypeError, match="did you mean 'tensor_parallel_size'"):
        LLM("m", tensor_paralel_size=2)
    with pytest.raises(TypeError, match="model is None; it must be a string"):
        LLM(None)  # type: ignore[arg-type]
    shown = inspect.signature(LLM).parameters
    assert shown["max_model_len"].default is None
    assert set(shown) == set(EngineArgs.__dataclass_fields__)


# What goes wrong on the way.


def test_a_full_queue_only_delays(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)
    engine.queue_limit = 2

    class Answerer(threading.Thread):
        def run(self) -> None:
            answered = 0
            while answered < 5:
                for one in engine.submitted[answered:]:
                    answered += 1
                    engine.give(Output(one.id, 0, one.prompt, finish_reason="length"))

    answerer = Answerer()
    answerer.start()
    outputs = llm.generate(["a", "b", "c", "d", "e"])
    answerer.join()
    assert [output.outputs[0].token_ids for output in outputs] == [[97], [98], [99], [100], [101]]


def test_a_queue_without_any_room(engine: FakeEngine) -> None:
    llm = make_llm(engine)
    engine.queue_limit = 0
    with pytest.raises(QueueFullError):
        llm.generate("a")
    engine.queue_limit = None
    assert len(llm.generate("a")) == 1


def test_an_interrupt_aborts_what_was_submitted(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)
    take = engine.take_outputs

    def interrupted(timeout: float = 0.0) -> list[Output]:
        if engine.num_takes == 2:
            raise KeyboardInterrupt
        return take(0.01)

    engine.take_outputs = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        llm.generate(["a", "b"])
    assert engine.aborted == [1000, 1001]
    engine.take_outputs = take  # type: ignore[method-assign]
    engine.on_submit = echo(engine)
    assert llm.generate("cd")[0].outputs[0].text == "dc"


def test_a_refusal_in_the_middle_aborts_the_rest(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)

    def refuse_second(request: Submitted) -> None:
        if len(engine.submitted) == 2:
            raise ValueError("the core knows better")

    engine.on_submit = refuse_second
    with pytest.raises(ValueError, match="the core knows better"):
        llm.generate(["a", "b", "c"])
    assert engine.aborted == [1000]
    engine.on_submit = echo(engine)
    assert len(llm.generate("a")) == 1


def test_a_failed_request_does_not_disturb_the_others(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)

    def answer(request: Submitted) -> None:
        if request.prompt == [98]:
            engine.give(Output(request.id, finish_reason="error", error="not finite"))
        else:
            echo(engine)(request)

    engine.on_submit = answer
    reasons = [output.outputs[0].finish_reason for output in llm.generate(["a", "b", "c"])]
    assert reasons == ["length", "error", "length"]


def test_a_dead_engine_says_why(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)
    engine.on_submit = lambda request: engine.fail("the device fell off the bus")
    with pytest.raises(EngineDeadError, match="fell off the bus"):
        llm.generate("a")
    with pytest.raises(EngineDeadError, match="fell off the bus"):
        llm.generate("a")


def test_closing_under_a_waiting_call(engine: FakeEngine) -> None:
    llm = make_llm(engine, answer=False)
    engine.on_submit = lambda request: threading.Timer(0.05, llm.close).start()
    with pytest.raises(EngineDeadError, match="closed"):
        llm.generate("a")


# Around it.


def test_close_and_context_manager(engine: FakeEngine) -> None:
    with make_llm(engine) as llm:
        llm.generate("a")
    assert engine.state == "closed"
    llm.close()
    with pytest.raises(EngineDeadError, match="closed"):
        llm.generate("a")
    other = FakeEngine()
    dropped = make_llm(other)
    del dropped
    gc.collect()
    assert other.state == "closed"


def test_metrics_and_prefix_cache(engine: FakeEngine) -> None:
    llm = make_llm(engine)
    llm.generate("abc")
    metrics = {metric.name: metric for metric in llm.get_metrics()}
    assert metrics["vllm:prompt_tokens"].value == 3
    assert isinstance(metrics["vllm:prompt_tokens"], Counter)
    assert isinstance(metrics["vllm:kv_cache_usage_perc"], Gauge)
    assert llm.reset_prefix_cache() is True
    assert engine.num_resets == 1


def test_progress_by_a_callable_or_on_a_terminal(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    llm = make_llm(engine)
    bars = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            self.options, self.count, self.closed, self.postfix = options, 0, False, ""
            bars.append(self)

        def update(self, count: int) -> None:
            self.count += count

        def close(self) -> None:
            self.closed = True

    llm.generate(["ab", "cd"], use_tqdm=Bar)
    assert bars[0].options["total"] == 2
    assert bars[0].options["desc"] == "Processed prompts"
    assert (bars[0].count, bars[0].closed) == (2, True)
    assert bars[0].postfix.startswith("est. speed input: ")
    assert bars[0].postfix.endswith(" toks/s")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    llm.generate("ab", use_tqdm=False)
    assert terminal.getvalue() == ""
    llm.generate("ab")
    assert "Processed prompts: 100%" in terminal.getvalue()
    assert "est. speed input" in terminal.getvalue()
    monkeypatch.setattr("sys.stderr", io.StringIO())
    llm.generate("ab")
    assert capsys.readouterr().err == ""


def test_the_stats_line_is_off_unless_asked_for(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("llmserve.stats.LOG_INTERVAL", 0.0)
    caplog.set_level("INFO", logger="llmserve")
    make_llm(engine).generate("abc")
    assert caplog.text == ""
    make_llm(FakeEngine(), disable_log_stats=False).generate("abc")
    assert "prompt throughput" in caplog.text
