import "../../theme/alerts.css";
import { Link } from "@tanstack/react-router";

const screens = [
  { to: "/alerts", says: "Alerts" },
  { to: "/silences", says: "Silences" },
  { to: "/history", says: "History" },
  { to: "/routes", says: "Routes" },
] as const;

// The screens of posted alerts, with the screen's own name as its heading.
export function SubNav({ at }: { at: (typeof screens)[number]["says"] }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-5">
      <h1 className="text-2xl font-semibold">{at}</h1>
      <nav aria-label="Alerts" className="links">
        {screens
          .filter(({ says }) => says !== at)
          .map(({ to, says }) => (
            <Link key={to} to={to}>
              {says}
            </Link>
          ))}
      </nav>
    </div>
  );
}
