import type { Tone } from "../words/severity";

interface Props {
  label: string;
  value: number;
  min?: number;
  max: number;
  says: string; // the value in words
  tone: Tone;
  mark?: number; // a threshold on the same scale, drawn as a line
  fromEnd?: number; // a second share, drawn from the right: what is overspent
}

// A labelled bar. The words beside it carry the value; the bar is for the glance.
export function Meter({ label, value, min = 0, max, says, tone, mark, fromEnd }: Props) {
  const share = (at: number) => `${Math.min(100, Math.max(0, ((at - min) / (max - min)) * 100))}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native meter has no room for a threshold's mark
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={Math.min(max, Math.max(min, value))}
      aria-valuetext={says}
      className="meter relative h-2.5 w-full overflow-hidden rounded-sm bg-raised ring-1 ring-line"
      data-tone={tone}
    >
      <div className="meter-fill h-full bg-(--tone)" style={{ width: share(value) }} />
      {fromEnd !== undefined && fromEnd > 0 && (
        <div
          className="meter-fill absolute inset-y-0 right-0 bg-(--tone)"
          style={{ width: share(fromEnd) }}
        />
      )}
      {mark !== undefined && (
        <div className="absolute inset-y-0 w-0.5 bg-text" style={{ left: share(mark) }} />
      )}
    </div>
  );
}
