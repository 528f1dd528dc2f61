// What the page knows of its line to the server, for the live chip, the stale banner and the
// version chip.
import type { FromStream, LinkState } from "./protocol";

export interface LinkView extends LinkState {
  // Local milliseconds since when nothing live has come; null while the line stands.
  lostSince: number | null;
  everLive: boolean;
  newVersion: boolean;
}

export class LinkStore {
  private view: LinkView = {
    phase: "connecting",
    heardAt: null,
    retryAt: null,
    lostSince: null,
    everLive: false,
    newVersion: false,
  };
  private build: string | null = null;
  private listeners = new Set<() => void>();

  constructor(private readonly now: () => number = Date.now) {}

  take(message: FromStream): void {
    if (message.kind === "link") {
      const { link } = message;
      const lost =
        link.phase === "live" ? null : (this.view.lostSince ?? link.heardAt ?? this.now());
      this.set({
        ...this.view,
        ...link,
        lostSince: lost,
        everLive: this.view.everLive || link.phase === "live",
      });
    } else if (message.kind === "hello") {
      // The first build that this page hears of is the one that served it.
      this.build ??= message.build;
      if (message.build !== this.build) this.set({ ...this.view, newVersion: true });
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): LinkView => this.view;

  private set(view: LinkView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}

// A short loss is mended before anybody needs to know; after this it is said.
const grace = 4_000;

export function isStale(view: LinkView, now: number): boolean {
  return view.lostSince !== null && now - view.lostSince > grace;
}
