import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { oneAlertQuery } from "../../api/posted";
import { moveFocus, useKey } from "../../keys/useKeys";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { alertMark } from "../../words/severity";
import { Sources } from "./Sources";

interface Props {
  id: string; // of the alert that this one belongs to
  here: string;
}

// The alert that rings, of which the posted one is a source or evidence.
export function Problem({ id, here }: Props) {
  const query = useQuery(oneAlertQuery(id));
  const list = useRef<HTMLDivElement>(null);
  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  return (
    <Panel title="One alert for one problem" flush>
      <Fetched query={query} what="the alert that it belongs to">
        {(alert) => (
          <>
            <div className="grid gap-1 px-4 pb-3">
              <p className="flex items-start gap-x-3 gap-y-1 max-sm:flex-wrap">
                <Badge {...alertMark(alert)} />
                <strong className="min-w-0">{alert.summary}</strong>
              </p>
              <p className="text-sm text-muted">
                {alert.ended_at ? (
                  <>
                    over <TimeText at={alert.ended_at} />
                  </>
                ) : (
                  <>
                    since <TimeText at={alert.started_at} />
                  </>
                )}
              </p>
              {alert.incident && (
                <p className="links text-sm">
                  <Link to="/incidents/$id" params={{ id: alert.incident }}>
                    Its incident
                  </Link>
                </p>
              )}
            </div>
            <div ref={list}>
              <Sources alert={alert} here={here} />
            </div>
          </>
        )}
      </Fetched>
    </Panel>
  );
}
