// Words for screen readers. Polite ones are gathered and said at most every five seconds; urgent
// ones (somebody is being rung) at once.
let polite: HTMLElement | null = null;
let urgent: HTMLElement | null = null;
let waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let saidAt = Number.NEGATIVE_INFINITY;
const pause = 5000;

export function setRegions(regions: { polite: HTMLElement | null; urgent: HTMLElement | null }) {
  polite = regions.polite;
  urgent = regions.urgent;
}

export function announce(text: string): void {
  if (!waiting.includes(text)) waiting.push(text);
  if (timer !== undefined) return;
  timer = setTimeout(say, Math.max(50, saidAt + pause - performance.now()));
}

export function announceUrgent(text: string): void {
  if (urgent) urgent.textContent = text;
}

function say(): void {
  timer = undefined;
  saidAt = performance.now();
  if (polite) polite.textContent = `${waiting.join(". ")}.`;
  waiting = [];
}
