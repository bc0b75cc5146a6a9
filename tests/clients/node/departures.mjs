// Ways to leave a request. After each a line is printed, and one is awaited: the process lives on
// meanwhile, so that it is the request which ends.
import { createInterface } from "node:readline";
import { greedy, long, makeClient, print, refusal } from "./common.mjs";

const client = makeClient();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Reads a stream until some chunks have come, then leaves by leave(). */
async function read(stream, leave) {
  let chunks = 0;
  const error = await refusal(
    (async () => {
      for await (const _ of stream) {
        chunks += 1;
        if (chunks === 3 && leave() === "break") break;
      }
    })(),
  );
  return { chunks, error };
}

/** Waits until the server computes something. */
async function begun() {
  const metrics = new URL("/metrics", client.baseURL);
  for (;;) {
    const page = await (await fetch(metrics)).text();
    if (/^vllm:num_requests_running\{.*\} [1-9]/m.test(page)) return;
  }
}

const ways = {
  async signal() {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const stream = await client.chat.completions.create({ ...long, stream: true }, options);
    return read(stream, () => controller.abort());
  },
  async break() {
    const stream = await client.chat.completions.create({ ...long, stream: true });
    return read(stream, () => "break");
  },
  async helper() {
    const stream = client.chat.completions.stream(long);
    return read(stream, () => stream.abort());
  },
  async whole() {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const error = refusal(client.chat.completions.create(long, options));
    await begun();
    controller.abort();
    return { error: await error };
  },
  async timeout() {
    return { error: await refusal(client.chat.completions.create(long, { timeout: 600 })) };
  },
};

for (const [way, leave] of Object.entries(ways)) {
  print({ way, ...(await leave()) });
  await lines.next();
}
const answer = await client.chat.completions.create(greedy);
print({ way: "none", text: answer.choices[0].message.content });
process.exit(0);
