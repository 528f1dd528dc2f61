import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { OnCallMe } from "../../api/oncall";
import { browsersQuery } from "../../api/push";
import { endText, isUnverified, quietText, wayName, wayTime } from "../../oncall/ways";

// How a page would reach whoever looks: their rules in order, with their times.
export function Ways({ mine }: { mine: OnCallMe }) {
  const { next_page: page, contacts, person } = mine;
  if (!page) return null;
  const quiet = quietText(page);
  return (
    <div data-ways="">
      <h3 className="text-sm font-semibold">How a page reaches you</h3>
      {page.ways.length === 0 ? (
        <p className="severity-edge mt-1 pl-2 text-sm" data-tone="critical">
          Nothing reaches you: your entry in the catalog has no contact.
        </p>
      ) : (
        <ol className="mt-1 grid list-inside list-decimal gap-1 text-sm">
          {page.ways.map((way, n) => (
            <li key={`${way.contact} ${way.after_seconds}`}>
              {wayName(way)}: <span className="text-muted">{wayTime(way, n)}</span>
              {way.channel === "push" && <NoBrowser />}
              {isUnverified(way, contacts) && (
                <span className="block break-words text-muted" data-unverified="">
                  Not verified:{" "}
                  <code>
                    tocsin contact verify {person} {way.contact}
                  </code>
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      <p className="mt-1 text-sm text-muted">
        {endText(page)} {quiet}
      </p>
    </div>
  );
}

// The way is declared, but no browser was switched on for it.
function NoBrowser() {
  const { data } = useQuery(browsersQuery);
  if (data?.subscriptions.length !== 0) return null;
  return (
    <span className="severity-edge mt-1 block pl-2" data-tone="high" data-no-browser="">
      None is switched on yet.{" "}
      <Link to="/account" className="underline">
        Switch one on
      </Link>
    </span>
  );
}
