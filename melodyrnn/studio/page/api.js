// The server's side: every path is relative to the page, and so carries its token.

/** What the server refused: one line, and where in the text it is, counted from 1. */
class Refused extends Error {
  constructor({ error, line = null, column = null }, status) {
    super(error);
    Object.assign(this, { line, column, status });
  }
}

async function asked(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, { cache: "no-store", ...options });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Refused({ error: "The studio does not answer; start it again in its terminal." }, 0);
  }
  if (answer.ok) return answer;
  const text = await answer.text();
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    said = { error: text.slice(0, 200) || `The server answered ${answer.status}.` };
  }
  throw new Refused(said, answer.status);
}

async function json(path, options) {
  const answer = await asked(path, options);
  return answer.status === 204 ? null : answer.json();
}

const sending = (method, body) => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export const get = (path) => json(path);
export const post = (path, body = {}, signal) => json(path, { ...sending("POST", body), signal });
export const patch = (path, body) => json(path, sending("PATCH", body));
export const remove = (path) => json(path, { method: "DELETE" });
export const page = (path) => asked(path).then((answer) => answer.text());

/** Reads a file on the server; what it answers has an id, for `track`. */
export const upload = (file) =>
  json(`upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });

/** Another track of a file that was read. */
export const track = (id, number) =>
  json(`upload?id=${encodeURIComponent(id)}&track=${encodeURIComponent(number)}`, {
    method: "POST",
  });

/** A file that the server makes: its contents, and the name that it gives it. */
export async function file(path, body) {
  const answer = await asked(path, sending("POST", body));
  const named = /filename\*=UTF-8''([^;]+)|filename="?([^";]+)/i.exec(
    answer.headers.get("content-disposition") ?? "",
  );
  const name = named && (named[1] ? decodeURIComponent(named[1]) : named[2]);
  return { blob: await answer.blob(), name };
}

/** Listens to a job until it ends; `hear` gets each event. Returns what stops listening. */
export function events(job, hear) {
  const source = new EventSource(`api/jobs/${encodeURIComponent(job)}/events`);
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (["done", "failed", "stopped"].includes(event.kind)) source.close();
    hear(event);
  };
  return () => source.close();
}
