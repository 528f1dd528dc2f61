// Owns the browser's one event stream. A browser opens six connections to a host over HTTP/1.1;
// with a stream in each tab the seventh tab would never load.
import { Connection } from "./connection";
import type { FromStream, ToStream } from "./protocol";

const ports = new Set<MessagePort>();

const connection = new Connection((message: FromStream) => {
  for (const port of ports) port.postMessage(message);
});

function onMessage(port: MessagePort, { kind }: ToStream): void {
  if (kind === "leave") {
    ports.delete(port);
    if (ports.size === 0) connection.stop();
    return;
  }
  ports.add(port);
  if (kind === "restart") connection.restart();
  else if (kind === "retry") connection.retry();
  else connection.start();
  if (kind === "join") for (const message of connection.greeting()) port.postMessage(message);
}

(globalThis as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (message: MessageEvent<ToStream>) => onMessage(port, message.data);
};
