// The service as the page sees it: JSON requests with the device's token, and the event stream.

/** A refusal by the service: an RFC 9457 problem document. */
export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? `status ${status}`);
    this.status = status;
    this.type = document?.type ?? "about:blank";
  }
}

/** What is said of something that was pressed and failed: nobody but the reader tries it again. */
export const failureText = (error, texts) => (error instanceof Problem ? error.message : texts.notDone);

/** Calls the service with a device token. */
export class Service {
  constructor(token) {
    this.token = token;
  }

  /**
   * Sends a request; throws `Problem` on a refusal, and another error where there is no network or no
   * answer `within` so many milliseconds.
   */
  async request(method, path, { body, type = "application/json", headers = {}, within } = {}) {
    const answer = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": type }),
        ...headers,
      },
      body: body === undefined ? undefined : type === "application/json" ? JSON.stringify(body) : body,
      cache: "no-store",
      signal: within === undefined ? undefined : AbortSignal.timeout(within),
    });
    if (!answer.ok) {
      throw new Problem(answer.status, await answer.json().catch(() => null));
    }
    return answer;
  }

  get = async (path) => (await this.request("GET", path)).json();
  post = (path, body = {}) => this.request("POST", path, { body });

  /**
   * Reads the event stream for ever, resuming after each break with `Last-Event-ID`.
   * `onEvent(name, data)` is called in order, each event once; `onOnline(isOnline)` on changes.
   * `EventSource` cannot carry a bearer token, hence `fetch`.
   */
  async readEvents(onEvent, onOnline) {
    let lastID;
    let pause = 500;
    for (;;) {
      try {
        const answer = await this.request("GET", "/events", {
          headers: { accept: "text/event-stream", ...(lastID ? { "last-event-id": lastID } : {}) },
        });
        onOnline(true);
        pause = 500;
        for await (const event of eventsIn(answer.body)) {
          if (event.id) lastID = event.id;
          if (event.data) onEvent(event.name, JSON.parse(event.data));
        }
      } catch (error) {
        if (error instanceof Problem && (error.status === 401 || error.status === 403)) throw error;
      }
      onOnline(false);
      await new Promise((resume) => setTimeout(resume, pause));
      pause = Math.min(pause * 2, 5000);
    }
  }
}

/** Splits a byte stream into server-sent events (WHATWG HTML §9.2.6). */
export async function* eventsIn(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let event = { name: "message", data: "" };
  // The service sends a heartbeat every 15 s; silence for three of them is a dead connection.
  const silence = 45_000;
  for (;;) {
    let timer;
    const chunk = await Promise.race([
      reader.read(),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("silent event stream")), silence);
      }),
    ]).finally(() => clearTimeout(timer));
    if (chunk.done) return;
    text += chunk.value;
    for (let end = text.search(/\r?\n/); end >= 0; end = text.search(/\r?\n/)) {
      const line = text.slice(0, end);
      text = text.slice(end + (text[end] === "\r" ? 2 : 1));
      if (line === "") {
        yield { ...event, data: event.data.replace(/\n$/, "") };
        event = { name: "message", data: "" };
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event.name = value;
      else if (field === "data") event.data += `${value}\n`;
      else if (field === "id") event.id = value;
    }
  }
}
