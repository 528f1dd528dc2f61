// What a policy would do, as a picture: rows of who, marks along time. Pure.
import type { PolicyPreview, PreviewPerson, PreviewStep } from "../api/oncall";

export interface Ring {
  after: number; // ms since the page
  via: string;
  contact: string; // empty: they have none
  isBringIn: boolean;
}

// A person or a channel, with all that comes to them, the earliest first.
export interface RingRow {
  kind: "person" | "channel";
  name: string;
  rings: Ring[];
}

export interface RoundPicture {
  begin: number; // ms since the page
  end: number;
  rows: RingRow[];
  steps: { after: number; number: number; skipped: string | null }[];
  hasBringIn: boolean;
}

function ringsOf(one: PreviewPerson, after: number, isBringIn: boolean): Ring[] {
  if (one.contacts.length === 0) return [{ after, via: one.via, contact: "", isBringIn }];
  // Those that only come when the one before fails have no place in time.
  return one.contacts.flatMap(({ name, after_seconds }) =>
    after_seconds === null
      ? []
      : [{ after: after + after_seconds * 1000, via: one.via, contact: name, isBringIn }],
  );
}

const leastSpan = 60_000;

// One picture a round; what is brought in stands in the round in which it falls.
export function picturesOf(preview: PolicyPreview, at: number): RoundPicture[] {
  const since = (text: string) => Date.parse(text) - at;
  const begins = preview.rounds.map(({ steps }) => (steps[0] ? since(steps[0].at) : 0));
  const bringAfter = preview.bring_in ? since(preview.bring_in.at) : null;
  const bringRound =
    bringAfter === null
      ? -1
      : Math.max(
          0,
          begins.findLastIndex((begin) => begin < bringAfter),
        );
  return preview.rounds.map(({ steps }, round) => {
    const rows = new Map<string, RingRow>();
    const add = (kind: RingRow["kind"], name: string, rings: Ring[]) => {
      const key = `${kind} ${name}`;
      const row = rows.get(key) ?? { kind, name, rings: [] };
      row.rings.push(...rings);
      rows.set(key, row);
    };
    for (const step of steps) addStep(step, since(step.at), add);
    if (round === bringRound && preview.bring_in && bringAfter !== null) {
      for (const one of preview.bring_in.people) {
        add("person", one.person, ringsOf(one, bringAfter, true));
      }
    }
    const begin = begins[round] ?? 0;
    const all = [...rows.values()];
    for (const row of all) row.rings.sort((a, b) => a.after - b.after);
    const last = Math.max(
      begin + leastSpan,
      ...steps.map((step) => since(step.at)),
      ...all.flatMap((row) => row.rings.map(({ after }) => after)),
    );
    return {
      begin,
      end: last,
      rows: all,
      steps: steps.map((step, i) => ({
        after: since(step.at),
        number: i + 1,
        skipped: step.skipped,
      })),
      hasBringIn: round === bringRound,
    };
  });
}

type Add = (kind: RingRow["kind"], name: string, rings: Ring[]) => void;

function addStep(step: PreviewStep, after: number, add: Add): void {
  for (const one of step.people) add("person", one.person, ringsOf(one, after, false));
  for (const name of step.channels) {
    add("channel", name, [{ after, via: "channel", contact: "told", isBringIn: false }]);
  }
}

// When a person is rung first, and how; null when they never are.
export function firstRing(preview: PolicyPreview, person: string, at: number): Ring | null {
  let first: Ring | null = null;
  for (const { rows } of picturesOf(preview, at)) {
    for (const row of rows) {
      if (row.kind !== "person" || row.name !== person) continue;
      const [ring] = row.rings;
      if (ring && (!first || ring.after < first.after)) first = ring;
    }
  }
  return first;
}

const nice = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map((s) => s * 1000);

// Whole steps of time between two ends, at most about six.
export function ticksOf(begin: number, end: number): number[] {
  const step = nice.find((one) => (end - begin) / one <= 6) ?? 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(begin / step) * step; at <= end; at += step) ticks.push(at);
  return ticks;
}

// Rounds that do the same as the one before differ by their time only.
export function isSameRound(a: RoundPicture, b: RoundPicture): boolean {
  const shape = ({ begin, rows, steps }: RoundPicture) =>
    JSON.stringify([
      rows.map(({ kind, name, rings }) => [
        kind,
        name,
        rings
          .filter((ring) => !ring.isBringIn)
          .map((ring) => [ring.after - begin, ring.via, ring.contact]),
      ]),
      steps.map(({ after, skipped }) => [after - begin, skipped]),
    ]);
  return shape(a) === shape(b);
}
