// Answers of every kind: chats, completions and responses, whole and streamed; the models.
import { greedy, makeClient, model, print, question } from "./common.mjs";

const client = makeClient();

async function chat() {
  const { data, response, request_id } = await client.chat.completions
    .create({ ...greedy, logprobs: true, top_logprobs: 2 })
    .withResponse();
  const [choice] = data.choices;
  return {
    id: data.id,
    requestId: request_id,
    type: response.headers.get("content-type"),
    text: choice.message.content,
    reason: choice.finish_reason,
    usage: data.usage,
    logprobs: choice.logprobs.content.map((one) => one.logprob),
  };
}

async function chatStream() {
  const usage = { stream_options: { include_usage: true } };
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({
    ...greedy,
    stream: true,
    ...usage,
  })) {
    chunks.push(chunk);
  }
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    text: choices.map((choice) => choice.delta.content ?? "").join(""),
    reason: choices.at(-1).finish_reason,
    usage: chunks.at(-1).usage,
  };
}

async function chatHelper() {
  const deltas = [];
  const stream = client.chat.completions.stream(greedy).on("content", (part) => deltas.push(part));
  const final = await stream.finalChatCompletion();
  return { deltas: deltas.join(""), text: final.choices[0].message.content };
}

async function conversation() {
  const first = await client.chat.completions.create(greedy);
  const messages = [
    ...question,
    first.choices[0].message,
    { role: "user", content: "And of Portugal?" },
  ];
  const second = await client.chat.completions.create({ ...greedy, messages });
  return second.choices[0].message.content;
}

async function completions() {
  const request = { model, prompt: ["The sun", "The moon"], temperature: 0, max_tokens: 12 };
  const whole = await client.completions.create(request);
  const streamed = ["", ""];
  for await (const chunk of await client.completions.create({ ...request, stream: true })) {
    for (const choice of chunk.choices) streamed[choice.index] += choice.text;
  }
  return { whole: whole.choices.map((choice) => choice.text), streamed };
}

async function samples() {
  const request = { ...greedy, temperature: 1, n: 2, seed: 7, max_tokens: 24 };
  const texts = (answer) => answer.choices.map((choice) => choice.message.content);
  const runs = [];
  for (const seed of [7, 7, 8]) {
    runs.push(texts(await client.chat.completions.create({ ...request, seed })));
  }
  return runs;
}

async function responses() {
  const request = { model, input: question[0].content, temperature: 0 };
  const whole = await client.responses.create(request);
  let streamed = "";
  for await (const event of await client.responses.create({ ...request, stream: true })) {
    if (event.type === "response.output_text.delta") streamed += event.delta;
  }
  const final = await client.responses.stream(request).finalResponse();
  return { whole: whole.output_text, streamed, final: final.output_text, status: whole.status };
}

async function models() {
  const names = [];
  for await (const one of client.models.list()) names.push(one.id);
  return { names, one: (await client.models.retrieve(model)).object };
}

print({
  chat: await chat(),
  chatStream: await chatStream(),
  chatHelper: await chatHelper(),
  conversation: await conversation(),
  completions: await completions(),
  samples: await samples(),
  responses: await responses(),
  models: await models(),
});
