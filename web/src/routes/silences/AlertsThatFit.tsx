import { Link } from "@tanstack/react-router";

// A silence's matchers, which lead to the alerts that they fit.
export function AlertsThatFit({ matchers }: { matchers: string[] }) {
  const line = matchers.join(" ");
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-sm">
      <Link
        to="/alerts"
        search={{ q: line }}
        data-row=""
        className="min-w-0 break-words text-text underline decoration-line-strong"
        aria-label={`Alerts that fit ${line}`}
      >
        {matchers.map((one) => (
          <span key={one} className="mr-3 inline-block max-w-full">
            {one}
          </span>
        ))}
      </Link>
    </p>
  );
}
