// What the scripts share: the client for the server that the arguments name, and its questions.
// usage: node SCRIPT.mjs URL [KEY]
import OpenAI from "openai";

export const model = "llmserve-mini";
export const question = [{ role: "user", content: "What is the capital of Spain?" }];
export const greedy = { model, messages: question, temperature: 0 };
// Seconds of work, so that whoever leaves leaves something.
export const long = {
  model,
  messages: [{ role: "user", content: "Tell me a long story." }],
  n: 16,
  max_tokens: 1900,
  ignore_eos: true,
};

export function makeClient(options = {}) {
  const [url, apiKey = "none"] = process.argv.slice(2);
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, ...options });
}

export function print(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

/** The error that a promise ends with, as what a program would look at. */
export async function refusal(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    const { status, code, param, type } = error;
    return { name: error.constructor.name, status, code, param, type };
  }
}
