// The page's only source of time. It follows the server's clock, so that "3 s ago" is right on a
// laptop whose own clock is not, and it can be replaced in tests.
type Listener = () => void;

export class PageClock {
  private offset = 0;
  private listeners = new Set<Listener>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private shown: number;

  constructor(private readonly read: () => number = Date.now) {
    this.shown = read();
  }

  now(): number {
    return this.read() + this.offset;
  }

  // An answer that said `server` was asked for at `asked` and came at `came`, both local. Half of
  // the way is taken off; differences below a second are the network's and not the clock's.
  learn(server: number, asked: number, came: number): void {
    if (!Number.isFinite(server)) return;
    const offset = server - (asked + came) / 2;
    if (Math.abs(offset - this.offset) >= 1000) this.offset = offset;
  }

  // For useSyncExternalStore: `shown()` is constant between two ticks of a second.
  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    if (this.timer === undefined) {
      this.timer = setInterval(() => this.tick(), 1000);
      this.shown = this.now();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    };
  };

  snapshot = (): number => this.shown;

  private tick(): void {
    if (globalThis.document?.hidden) return;
    this.shown = this.now();
    for (const listener of this.listeners) listener();
  }
}

export const clock = new PageClock();
