// What the owner of the stream (the shared worker) and the tabs say to each other.
import type { Entry, ObjectivePulse } from "../api/types";

export type LinkPhase = "connecting" | "live" | "lost" | "signed-out";

export interface LinkState {
  phase: LinkPhase;
  // Local milliseconds; when the last byte came, and when the next try is made.
  heardAt: number | null;
  retryAt: number | null;
}

export type FromStream =
  | { kind: "link"; link: LinkState }
  | { kind: "hello"; seq: number; build: string }
  | { kind: "entries"; entries: Entry[] }
  | { kind: "pulse"; objectives: ObjectivePulse[] }
  | { kind: "reset" };

// `restart` after a sign-in: whoever held the stream before is no longer asked for it.
export type ToStream = { kind: "join" | "leave" | "retry" | "restart" };
