"""What a chunk of a streamed answer costs a client process of `llmserve bench serve`.

python bench/client_speed.py [STREAMS] [CHUNKS] [MILLISECONDS]

A server that only sends prepared bytes gives each of STREAMS (256) requests CHUNKS (500) chunks,
one to each every MILLISECONDS (20), as an engine's steps do. Prints how many chunks per second
came through one client process, the CPU time of each, and how many fill a core at that cost.
"""

import asyncio
import multiprocessing
import sys
from multiprocessing.connection import Connection

from llmserve.bench.serve import wire
from llmserve.bench.serve.clients import Clients, Run
from llmserve.bench.serve.schedule import Load

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_CHUNK = (
    b'data: {"id":"cmpl-0123456789abcdef0123456789abcdef","object":"text_completion","created":'
    b'1700000000,"model":"fake/model","choices":[{"index":0,"text":" word","logprobs":null,'
    b'"finish_reason":null,"stop_reason":null}]}\n\n'
)
_USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":%d}}\n\n'
_DONE = b"data: [DONE]\n\n"


def part(data: bytes) -> bytes:
    """As one chunk of HTTP."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def serve(num_streams: int, num_chunks: int, seconds: float, port: Connection) -> None:
    """Waits for all requests, then answers them in step."""
    writers: list[asyncio.StreamWriter] = []
    all_here = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")  # the body
        writer.write(_HEAD)
        writers.append(writer)
        if len(writers) == num_streams:
            all_here.set()

    async def run() -> None:
        server = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=num_streams)
        port.send(server.sockets[0].getsockname()[1])
        await all_here.wait()
        data = part(_CHUNK)
        clock = asyncio.get_running_loop().time
        begin = clock()
        for step in range(num_chunks):
            for writer in writers:
                writer.write(data)
            await asyncio.sleep(max(begin + (step + 1) * seconds - clock(), 0))
        for writer in writers:
            writer.write(part(_USAGE % num_chunks) + part(_DONE) + b"0\r\n\r\n")
            await writer.drain()

    import uvloop

    uvloop.run(run())


async def measure(url: str, num_streams: int) -> Run:
    requests = [wire.Request(i, str(i), b"{}") for i in range(num_streams)]
    async with Clients(wire.Target(url, {}), 1) as clients:
        return await clients.run(requests, Load())


def main() -> None:
    given = [int(text) for text in sys.argv[1:]]
    num_streams, num_chunks, milliseconds = given + [256, 500, 20][len(given) :]
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(
        target=serve, args=(num_streams, num_chunks, milliseconds / 1000, theirs), daemon=True
    )
    server.start()
    run = asyncio.run(measure(f"http://127.0.0.1:{ours.recv()}/v1/completions", num_streams))
    server.join()
    errors = {outcome.error for outcome in run.outcomes} - {""}
    if errors:
        sys.exit(f"requests failed: {errors}")
    num = sum(len(outcome.itls) + 1 for outcome in run.outcomes)
    together = sum(gap == 0 for outcome in run.outcomes for gap in outcome.itls)
    cost = run.cpu_share * run.duration / num
    print(
        f"{num / run.duration:.0f} chunks/s, {together / num:.1%} of them together with the one "
        f"before; {run.cpu_share:.0%} of a core, {cost * 1e6:.1f} us a chunk: a core takes "
        f"{1 / cost:.0f} chunks/s"
    )


if __name__ == "__main__":
    main()
