// How long: "90m", "2h", "1d12h", as Prometheus writes durations.
const units: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

export function parseSpan(text: string): number | null {
  const trimmed = text.trim().replaceAll(" ", "");
  if (!/^(\d+[smhdw])+$/.test(trimmed)) return null;
  let ms = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)([smhdw])/g)) {
    ms += Number(count) * (units[unit ?? ""] ?? 0);
  }
  return ms > 0 ? ms : null;
}

// The server's form of it, exact to a second.
export function spanText(ms: number): string {
  let rest = Math.max(1, Math.round(ms / 1000));
  let text = "";
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

// The next time the clock here shows this hour.
export function nextHour(hour: number, now: number): number {
  const at = new Date(now);
  at.setHours(hour, 0, 0, 0);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}
