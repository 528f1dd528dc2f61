import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ChannelHealth, channelsQuery } from "../../api/channels";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { channelName } from "../../words/channels";
import { sentence } from "../../words/posted";
import type { Mark } from "../../words/severity";
import { Head } from "../oncall/parts";
import { DeadLetters } from "./DeadLetters";

// How each channel and provider fares, and what could not be delivered.
export function Channels() {
  const { channel, sent } = useSearch({ from: "/signed-in/oncall/channels" });
  const navigate = useNavigate({ from: "/oncall/channels" });
  const query = useQuery(channelsQuery);
  return (
    <div className="grid grid-cols-1 gap-4">
      <Head title="Channels" />
      <Panel title="How they fare" flush>
        <Fetched query={query} what="the channels">
          {({ channels }) =>
            channels.length === 0 ? (
              <p className="px-4 pb-3">
                Nothing was sent since the server began, and no provider is set up.
              </p>
            ) : (
              <ul>
                {channels.map((one) => (
                  <Fares key={`${one.channel} ${one.provider}`} health={one} />
                ))}
              </ul>
            )
          }
        </Fetched>
      </Panel>
      <DeadLetters
        channel={channel}
        withSent={sent === "yes"}
        onChoose={(next) =>
          void navigate({ search: (was) => ({ ...was, ...next }), replace: true })
        }
      />
    </div>
  );
}

const marks: Record<ChannelHealth["state"], Mark> = {
  ok: { tone: "ok", word: "Works" },
  failing: { tone: "high", word: "Failing" },
  unused: { tone: "unknown", word: "Not used yet" },
};

function Fares({ health }: { health: ChannelHealth }) {
  const { channel, provider, state, failures_in_row: failures } = health;
  return (
    <li
      className="grid gap-1 border-t border-line px-4 py-2.5"
      data-channel={channel}
      data-state={state}
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">
          {sentence(channelName(channel))}
          {provider !== channel && <span className="text-muted"> by {provider}</span>}
        </span>
        <Badge {...marks[state]} />
        {failures > 0 && (
          <span className="text-sm">
            {failures === 1 ? "the last try failed" : `the last ${failures} tries failed`}
          </span>
        )}
      </p>
      {health.last_success && (
        <p className="text-sm text-muted">
          Last taken <TimeText at={health.last_success} />
        </p>
      )}
      {health.last_failure && (
        <p className="text-sm text-muted">
          Last failure <TimeText at={health.last_failure} />:{" "}
          <span className="break-words text-text">{health.last_error}</span>
        </p>
      )}
    </li>
  );
}
