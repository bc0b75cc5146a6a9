"""AsyncLLM: streams, early ends, failures and loops on a fake engine; then a real one."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvloop
from fake_engine import FakeEngine, Output, echo, make_client
from llmserve import (
    AsyncLLM,
    EngineArgs,
    EngineDeadError,
    QueueFullError,
    RequestOutput,
    RequestOutputKind,
    SamplingParams,
)

DELTA = SamplingParams(output_kind=RequestOutputKind.DELTA)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end in a fresh loop of either kind."""

    def runner(coroutine: Coroutine[Any, Any, Any]) -> Any:
        loop = asyncio.new_event_loop() if request.param == "asyncio" else uvloop.new_event_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 30))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return runner


async def collect(llm: AsyncLLM, *arguments: Any, **options: Any) -> list[RequestOutput]:
    return [output async for output in llm.generate(*arguments, **options)]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0.002)


def test_a_stream_from_its_start_to_its_end(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        texts = []
        async for output in llm.generate("ab", DELTA, "mine"):
            assert output.request_id == "mine"
            texts.append(output.outputs[0].text)
            if len(texts) == 1:
                engine.give(Output(1000, 0, [121], "y"))
            elif len(texts) == 2:
                engine.give(Output(1000, 0, [122], "z", finish_reason="length"))
        assert texts == ["x", "y", "z"]
        assert output.finished

    engine.on_submit = lambda request: engine.give(Output(request.id, 0, [120], "x"))
    run(main())
    assert engine.aborted == []
    llm.close()


def test_many_streams_one_read_per_step(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        tasks = [asyncio.create_task(collect(llm, "ab", DELTA)) for _ in range(50)]
        await settle()
        for last in (False, False, True):
            reads = engine.num_takes
            engine.give(
                *(
                    Output(one.id, 0, [120], "x", finish_reason="length" if last else None)
                    for one in engine.submitted
                )
            )
            await settle()
            assert engine.num_takes == reads + 1
        for outputs in await asyncio.gather(*tasks):
            assert [output.outputs[0].text for output in outputs] == ["x", "x", "x"]

    run(main())
    llm.close()


def test_many_readers_leave_turns_of_the_loop_to_others(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))
    read = 0

    async def count() -> None:
        nonlocal read
        async for _ in llm.generate("ab", DELTA):
            read += 1

    async def main() -> None:
        tasks = [asyncio.create_task(count()) for _ in range(200)]
        await settle()
        engine.give(
            *(Output(one.id, 0, [120], "x", finish_reason="length") for one in engine.submitted)
        )
        seen = [0]
        while read < 200:
            await asyncio.sleep(0)
            seen.append(read)
        assert max(after - before for before, after in pairwise(seen)) <= 64
        await asyncio.gather(*tasks)

    run(main())
    llm.close()


def test_a_slow_reader_gets_fewer_and_larger_chunks(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        engine.on_submit = lambda request: engine.give(Output(request.id, 0, [97], "a"))
        async with aclosing(llm.generate("ab", DELTA)) as stream:
            assert (await anext(stream)).outputs[0].text == "a"
            for letter in "bcd":
                engine.give(Output(1000, 0, [ord(letter)], letter))
                await settle()
            engine.give(Output(1000, 0, [101], "e", finish_reason="stop"))
            await settle()
            last = await anext(stream)
            assert (last.outputs[0].text, last.finished) == ("bcde", True)
            with pytest.raises(StopAsyncIteration):
                await anext(stream)

    run(main())
    llm.close()


@pytest.mark.parametrize("how", ["aclose", "cancel", "break", "cancel before the first output"])
def test_leaving_early_aborts_at_once(engine: FakeEngine, run: Any, how: str) -> None:
    llm = AsyncLLM.from_client(make_client(engine))
    if how != "cancel before the first output":
        engine.on_submit = lambda request: engine.give(Output(request.id, 0, [120], "x"))

    async def leave() -> None:
        if how == "aclose":
            stream = llm.generate("ab", DELTA)
            await anext(stream)
            await stream.aclose()
        elif how == "break":
            async for _ in llm.generate("ab", DELTA):
                break
        else:
            task = asyncio.create_task(collect(llm, "ab", DELTA))
            await settle()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    async def main() -> None:
        await leave()
        await asyncio.sleep(0)  # `break` leaves the end to a task of the loop
        await asyncio.sleep(0)
        assert engine.aborted == [1000]
        engine.give(Output(1000, 0, [121], "late"))  # was on its way
        await settle()
        engine.on_submit = echo(engine)
        assert (await collect(llm, "cd"))[-1].outputs[0].text == "dc"

    run(main())
    assert llm._states == {}
    llm.close()


def test_a_stream_that_is_never_read_submits_nothing(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        llm.generate("ab")

    run(main())
    assert engine.submitted == []
    llm.close()


def test_abort_by_id_ends_the_stream_with_its_reason(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        task = asyncio.create_task(collect(llm, "ab", DELTA, "one"))
        await settle()
        await llm.abort(["another", "one"])
        outputs = await task
        assert outputs[-1].outputs[0].finish_reason == "abort"
        assert outputs[-1].finished

    run(main())
    llm.close()


def test_a_dead_engine_ends_every_stream(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        tasks = [asyncio.create_task(collect(llm, "ab", DELTA)) for _ in range(3)]
        await settle()
        assert llm.is_healthy()
        engine.fail("the device fell off the bus")
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(result, EngineDeadError)
            assert "fell off the bus" in str(result)
        assert llm.state == "failed"
        assert not llm.is_healthy()
        with pytest.raises(EngineDeadError, match="fell off the bus"):
            await collect(llm, "ab")

    run(main())
    llm.close()


@pytest.mark.parametrize("thread", [False, True])
def test_closing_ends_every_stream(engine: FakeEngine, run: Any, thread: bool) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        task = asyncio.create_task(collect(llm, "ab", DELTA))
        await settle()
        if thread:
            await asyncio.to_thread(llm.close)
        else:
            llm.close()
        with pytest.raises(EngineDeadError, match="closed"):
            await task
        with pytest.raises(EngineDeadError, match="closed"):
            await collect(llm, "ab")
        assert llm.state == "closed"

    run(main())
    assert engine.state == "closed"


def test_refusals_come_to_the_reader(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine))

    async def main() -> None:
        for prompt, options, error in (
            ("", {}, "no tokens"),
            ("x" * 64, {}, "context of 64"),
            ("y" * 5000, {}, "context of 64"),  # encoded in a thread
            ("ab", {"timeout": 0}, "timeout is 0"),
            ("ab", {"timeout": float("nan")}, "timeout is nan"),
            ("ab", {"priority": 3}, "scheduling_policy is fcfs"),
        ):
            with pytest.raises(ValueError, match=error):
                await collect(llm, prompt, **options)
        stream = llm.generate("ab", DELTA, "one")
        first = asyncio.create_task(stream.__anext__())
        await settle()
        with pytest.raises(ValueError, match="request_id is 'one', which is in flight"):
            await collect(llm, "ab", DELTA, "one")
        engine.queue_limit = 1
        with pytest.raises(QueueFullError):
            await collect(llm, "ab", DELTA, "two")
        first.cancel()
        await asyncio.wait([first])
        await stream.aclose()

    run(main())
    assert llm._states == {}
    llm.close()


def test_options_reach_the_core(engine: FakeEngine, run: Any) -> None:
    llm = AsyncLLM.from_client(make_client(engine, scheduling_policy="priority"))
    engine.on_submit = echo(engine)
    prompt: Any = {"prompt_token_ids": [5], "prompt": "shown", "cache_salt": "theirs"}
    run(collect(llm, prompt, DELTA, priority=-2, timeout=1.5))
    request = engine.submitted[0]
    assert (request.priority, request.timeout, request.cache_salt) == (-2, 1.5, "theirs")
    assert request.params.output_kind == "delta"
    llm.close()


def test_one_loop_at_a_time(engine: FakeEngine) -> None:
    llm = AsyncLLM.from_client(make_client(engine))
    engine.on_submit = echo(engine)
    errors = []

    def in_another_loop() -> None:
        try:
            asyncio.run(collect(llm, "ab"))
        except RuntimeError as error:
            errors.append(str(error))

    async def main() -> None:
        await collect(llm, "ab")
        thread = threading.Thread(target=in_another_loop)
        thread.start()
        await asyncio.to_thread(thread.join)

    asyncio.run(main())
    assert len(errors) == 1
    assert "another event loop" in errors[0]
    # A loop that has ended makes room for the next.
    assert asyncio.run(collect(llm, "ab"))[-1].finished
    llm.close()


def test_descriptors_and_engines_are_given_back(engine: FakeEngine) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    llm = AsyncLLM.from_client(make_client(engine))
    engine.on_submit = echo(engine)
    asyncio.run(collect(llm, "ab"))
    before = descriptors()
    for _ in range(5):
        asyncio.run(collect(llm, "ab"))
    assert descriptors() == before
    del llm
    gc.collect()
    assert engine.state == "closed"
    assert descriptors() == before - 1


def test_a_dropped_engine_in_a_running_loop(engine: FakeEngine, run: Any) -> None:
    async def main() -> None:
        llm = AsyncLLM.from_client(make_client(engine))
        engine.on_submit = echo(engine)
        await collect(llm, "ab")
        del llm
        gc.collect()
        assert engine.state == "closed"

    run(main())


def test_the_stats_line(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("llmserve.async_llm.LOG_INTERVAL", 0.01)
    caplog.set_level("INFO", logger="llmserve")
    for disabled in (True, None):
        llm = AsyncLLM.from_client(make_client(FakeEngine(), disable_log_stats=disabled))

        async def main(llm: AsyncLLM = llm) -> None:
            stream = asyncio.create_task(collect(llm, "ab"))
            await asyncio.sleep(0.1)
            stream.cancel()
            await asyncio.wait([stream])

        asyncio.run(main())
        assert ("generation throughput" in caplog.text) == (disabled is None)
        llm.close()


def test_settings_come_once() -> None:
    with pytest.raises(TypeError, match="both given"):
        AsyncLLM(EngineArgs(model="m"), seed=1)
    with pytest.raises(TypeError, match="did you mean 'seed'"):
        AsyncLLM("m", sed=1)


# The real engine.


@pytest.fixture(scope="module")
def real(tiny_llama: Path) -> Any:
    llm = AsyncLLM(str(tiny_llama), device="cpu", kv_cache_memory_bytes="8MiB")
    yield llm
    llm.close()


def greedy(kind: RequestOutputKind, **options: Any) -> SamplingParams:
    return SamplingParams(temperature=0.0, ignore_eos=True, output_kind=kind, **options)


def test_real_streams_say_what_the_whole_says(real: AsyncLLM, run: Any) -> None:
    async def main() -> None:
        prompts = ["The harbour", "Boats came in with", "船は朝に", "How many?"] * 4
        params = greedy(RequestOutputKind.DELTA, max_tokens=24)
        streams = await asyncio.gather(*(collect(real, prompt, params) for prompt in prompts))
        params = greedy(RequestOutputKind.FINAL_ONLY, max_tokens=24)
        wholes = await asyncio.gather(*(collect(real, prompt, params) for prompt in prompts))
        for stream, (whole,) in zip(streams, wholes, strict=True):
            ids = [one for output in stream for one in output.outputs[0].token_ids]
            assert "".join(output.outputs[0].text for output in stream) == whole.outputs[0].text
            assert ids == whole.outputs[0].token_ids
            assert [output.finished for output in stream].count(True) == 1

    run(main())


def test_real_aborts_free_their_place(real: AsyncLLM, run: Any) -> None:
    async def main() -> None:
        params = greedy(RequestOutputKind.DELTA, max_tokens=200)
        for _ in range(20):
            async with aclosing(real.generate("The harbour", params)) as stream:
                await anext(stream)
        for _ in range(500):
            stats = real.stats()
            if stats.num_running == stats.num_waiting == 0:
                break
            await asyncio.sleep(0.01)
        assert stats.num_running == stats.num_waiting == 0
        assert stats.num_free_blocks == stats.num_blocks

    run(main())


def test_real_deadline(real: AsyncLLM, run: Any) -> None:
    async def main() -> None:
        params = greedy(RequestOutputKind.DELTA, max_tokens=200)
        outputs = await collect(real, "The harbour", params, timeout=1e-4)
        last = outputs[-1].outputs[0]
        assert last.finish_reason == "error"
        assert "timeout" in str(last.error)

    run(main())


def test_real_engine_sleeps_when_idle(real: AsyncLLM, run: Any) -> None:
    async def main() -> None:
        await collect(real, "The", greedy(RequestOutputKind.DELTA, max_tokens=2))
        begin = os.times()
        await asyncio.sleep(0.5)
        end = os.times()
        assert (end.user - begin.user) + (end.system - begin.system) < 0.1

    run(main())
