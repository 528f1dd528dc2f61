import { nextHour, parseSpan, spanText } from "../alerts/spans";
import { absoluteText } from "../time/format";

export const spanPresets = [
  { text: "30m", says: "30 min" },
  { text: "1h", says: "1 h" },
  { text: "2h", says: "2 h" },
  { text: "4h", says: "4 h" },
  { text: "1d", says: "1 day" },
  { text: "1w", says: "1 week" },
] as const;

interface Props {
  value: string; // "2h", or what was typed
  now: number;
  onChange: (text: string) => void;
}

const morning = 9;

// How long: presets, until the morning, or typed.
export function SpanChoice({ value, now, onChange }: Props) {
  const ms = parseSpan(value);
  const untilMorning = spanText(nextHour(morning, now) - now);
  const isPreset = spanPresets.some((preset) => preset.text === value);
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 text-sm font-medium">For how long</legend>
      <div className="flex flex-wrap gap-1.5">
        {spanPresets.map((preset) => (
          <button
            key={preset.text}
            type="button"
            className="pill"
            aria-pressed={preset.text === value}
            onClick={() => onChange(preset.text)}
          >
            {preset.says}
          </button>
        ))}
        <button
          type="button"
          className="pill"
          aria-pressed={
            !isPreset && ms !== null && Math.abs(now + ms - nextHour(morning, now)) < 90_000
          }
          onClick={() => onChange(untilMorning)}
        >
          until 9:00
        </button>
      </div>
      <label className="flex flex-wrap items-center gap-2 text-sm">
        <span className="flex-none">or</span>
        <input
          className="field w-32 font-mono"
          value={value}
          aria-label="Duration, such as 90m or 1d12h"
          aria-invalid={ms === null}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
        <span className="text-muted">
          {ms === null ? "such as 90m or 1d12h" : `until ${absoluteText(now + ms, now)}`}
        </span>
      </label>
    </fieldset>
  );
}
