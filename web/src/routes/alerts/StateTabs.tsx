import { type Standing, standings } from "../../alerts/posted";

interface Props {
  state: Standing | undefined;
  counts: Readonly<Record<Standing, number>>;
  onChange: (state: Standing | undefined) => void;
}

const words: Record<Standing, string> = {
  firing: "Firing",
  acknowledged: "Acknowledged",
  suppressed: "Suppressed",
  resolved: "Over",
};

export function StateTabs({ state, counts, onChange }: Props) {
  const active = counts.firing + counts.acknowledged + counts.suppressed;
  const tab = (one: Standing | undefined, says: string, count: number) => (
    <button
      key={says}
      type="button"
      className="pill"
      aria-pressed={state === one}
      onClick={() => onChange(one)}
    >
      {says} <span className="font-semibold">{count.toLocaleString("en-US")}</span>
    </button>
  );
  return (
    <fieldset className="state-tabs flex min-w-0 gap-1.5 text-sm">
      <legend className="sr-only">State</legend>
      {tab(undefined, "Active", active)}
      {standings.map((one) => tab(one, words[one], counts[one]))}
    </fieldset>
  );
}
