// Server-sent events from a byte stream: https://html.spec.whatwg.org/multipage/server-sent-events.html
// The browser's EventSource hides the heartbeat comments and the answer's status; this does not, so
// a silent connection is noticed and a 401 leads to the sign-in page.
export interface StreamEvent {
  event: string;
  data: string;
  id: string;
}

export class EventParser {
  private rest = "";
  private name = "";
  private data: string[] = [];
  private id = "";

  // Takes a piece of text as it came; gives the events that it completed.
  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.rest += text;
    for (;;) {
      const end = this.rest.search(/\r\n|\n|\r/);
      if (end < 0) break;
      // A carriage return at the very end may be the first half of a pair.
      if (this.rest[end] === "\r" && end === this.rest.length - 1) break;
      const length = this.rest.startsWith("\r\n", end) ? 2 : 1;
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + length);
      const event = this.line(line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): StreamEvent | undefined {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return undefined;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this.name = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return undefined;
  }

  private dispatch(): StreamEvent | undefined {
    const event =
      this.data.length > 0
        ? { event: this.name || "message", data: this.data.join("\n"), id: this.id }
        : undefined;
    this.name = "";
    this.data = [];
    return event;
  }
}
