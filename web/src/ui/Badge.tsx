import type { Mark, Tone } from "../words/severity";

// A shape for each tone, so that colour is never alone.
const shapes: Record<Tone, React.ReactNode> = {
  critical: <path d="M8 0 16 8 8 16 0 8z" />,
  high: <path d="M8 1 16 15H0z" />,
  warning: <circle cx="8" cy="8" r="7" />,
  info: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="3" />,
  ok: <path d="M1 8.500 6 13.500 15 3.500" fill="none" stroke="currentColor" strokeWidth="3" />,
  unknown: (
    <path
      d="M4 5.500a4 4 0 1 1 5.500 3.700c-1 .5-1.500 1-1.500 2.300M8 13.500v2"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.500"
    />
  ),
};

export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      {shapes[tone]}
    </svg>
  );
}

export function Badge({ tone, word, outlined }: Mark) {
  return (
    <span className="badge" data-tone={tone} data-outlined={outlined || undefined}>
      <Shape tone={tone} />
      {word}
    </span>
  );
}
