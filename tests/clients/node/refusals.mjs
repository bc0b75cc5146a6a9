// The classes of the SDK's errors, and that it comes back when a full server says so.
// The server needs a key and has room for one sequence.
import { greedy, long, makeClient, print, refusal } from "./common.mjs";

const client = makeClient();
const create = (fields) => client.chat.completions.create({ ...greedy, ...fields });

async function comesBack() {
  // One sample runs, the others wait: there is no room for anybody else.
  const running = await create({ ...long, stream: true });
  const refused = await refusal(create());
  const seen = [];
  const patient = makeClient({
    maxRetries: 20,
    fetch: async (...request) => {
      const response = await fetch(...request);
      seen.push({ at: performance.now(), status: response.status });
      running.controller.abort();
      return response;
    },
  });
  const answer = await patient.chat.completions.create(greedy);
  return { refused, seen, text: answer.choices[0].message.content };
}

print({
  badRequest: await refusal(create({ temperature: -1 })),
  badStream: await refusal(create({ temperature: -1, stream: true })),
  notFound: await refusal(create({ model: "other" })),
  noModel: await refusal(client.models.retrieve("other")),
  noRoute: await refusal(client.embeddings.create({ model: "other", input: "a" })),
  noKey: await refusal(makeClient({ apiKey: "other" }).chat.completions.create(greedy)),
  nobody: await refusal(makeClient({ baseURL: "http://127.0.0.1:1/v1" }).models.list()),
  full: await comesBack(),
});
