import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { proposeMatchers } from "../../alerts/common";
import { standingOf } from "../../alerts/posted";
import type { PostedAlert } from "../../api/types";
import { useKey } from "../../keys/useKeys";
import { announce } from "../../ui/announce";
import { Fetched } from "../../ui/Fetched";
import { AlertList, fingerprintsAt } from "./AlertList";
import { useActs } from "./actions";
import { FilterLine } from "./FilterLine";
import { GroupBy } from "./GroupBy";
import { useLine } from "./line";
import { SelectionBar } from "./SelectionBar";
import { SnoozeDialog } from "./SnoozeDialog";
import { StateTabs } from "./StateTabs";
import { SubNav } from "./SubNav";
import { useSelection } from "./selection";
import { useAlertsView } from "./view";

const SilencePanel = lazy(() =>
  import("../silences/SilencePanel").then((made) => ({ default: made.SilencePanel })),
);

type Asking = { what: "snooze" | "silence"; alerts: PostedAlert[] } | null;

// Where the reader was, for the way back from a detail.
let keptActive: string | null = null;

export function Alerts() {
  const search = useSearch({ from: "/signed-in/alerts" });
  const navigate = useNavigate({ from: "/alerts" });
  const write = useCallback(
    (q: string | undefined) => void navigate({ search: (old) => ({ ...old, q }), replace: true }),
    [navigate],
  );
  const [line, setLine] = useLine(search.q ?? "", write);
  const view = useAlertsView(search, line);
  const { query, shown, rows, by, groups, folds } = view;
  const selection = useSelection();
  const acts = useActs();
  const field = useRef<HTMLInputElement>(null);
  const [activeKey, setActive] = useState(keptActive);
  const [asking, setAsking] = useState<Asking>(null);
  const activate = useCallback((key: string) => {
    keptActive = key;
    setActive(key);
  }, []);

  const chosen = useMemo(
    () =>
      selection.chosen.size === 0
        ? []
        : shown.filter((alert) => selection.chosen.has(alert.fingerprint)),
    [shown, selection.chosen],
  );
  // What a key or a button acts on: the selection, or else the row with the focus.
  const targets = (): PostedAlert[] => {
    if (selection.chosen.size > 0) return chosen;
    const row = document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset.key;
    const wanted = new Set(row === undefined ? [] : fingerprintsAt(rows, row));
    return shown.filter((alert) => wanted.has(alert.fingerprint));
  };
  const acknowledge = () => {
    const open = targets().filter((alert) => alert.state !== "resolved" && !alert.acknowledged);
    if (open.length === 0) announce("There is nothing to acknowledge");
    else acts.act({ kind: "acknowledge", fingerprints: open.map((alert) => alert.fingerprint) });
  };
  const ask = (what: "snooze" | "silence") => {
    const alerts = targets().filter((alert) => standingOf(alert) !== "resolved");
    if (alerts.length === 0) announce(`There is nothing to ${what}`);
    else setAsking({ what, alerts });
  };
  const done = () => {
    setAsking(null);
    selection.clear();
  };

  useKey("filter", () => field.current?.focus());
  useKey("acknowledge", acknowledge);
  useKey("snooze", () => ask("snooze"));
  useKey("silence", () => ask("silence"));
  useKey("clear", () => (selection.chosen.size > 0 ? selection.clear() : false));

  return (
    <div className="grid grid-cols-1 gap-3" data-alerts="">
      <SubNav at="Alerts" />
      <div className="filter-bar">
        <FilterLine
          field={field}
          line={line}
          parts={view.parts}
          index={view.index}
          onChange={setLine}
        />
        <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
          <StateTabs
            state={view.state}
            counts={view.counts}
            onChange={(state) => void navigate({ search: (old) => ({ ...old, state }) })}
          />
          <GroupBy
            by={by}
            names={view.names}
            onChange={(next) =>
              void navigate({ search: (old) => ({ ...old, by: next.join(",") }) })
            }
          />
        </div>
      </div>
      <Fetched
        query={query}
        what="the alerts"
        absent="The server takes no alerts of others: it was given no alertmanager.yml."
      >
        {(list) => (
          <section className="panel" aria-label="Alerts, the most urgent first">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-1.5 text-sm text-muted">
              <p role="status">
                <Summary
                  shown={shown.length}
                  loaded={list.alerts.length}
                  total={list.total}
                  isWhole={list.isWhole}
                  line={line}
                />
              </p>
              {groups.length > 1 && (
                <span className="ml-auto flex gap-1.5">
                  <button
                    type="button"
                    className="pill"
                    onClick={() => folds.foldAll(groups, true)}
                  >
                    Open all
                  </button>
                  <button
                    type="button"
                    className="pill"
                    onClick={() => folds.foldAll(groups, false)}
                  >
                    Close all
                  </button>
                </span>
              )}
            </div>
            <AlertList
              rows={rows}
              by={by}
              viewKey={view.viewKey}
              selection={selection}
              activeKey={activeKey}
              onActive={activate}
              onFold={folds.fold}
            />
          </section>
        )}
      </Fetched>
      <SelectionBar
        count={chosen.length}
        outside={selection.chosen.size - chosen.length}
        last={acts.last}
        error={acts.error}
        isPending={acts.isPending}
        onAcknowledge={acknowledge}
        onSnooze={() => ask("snooze")}
        onSilence={() => ask("silence")}
        onClear={selection.clear}
        onUndo={acts.act}
        onForget={acts.forget}
      />
      {asking?.what === "snooze" && (
        <SnoozeDialog
          count={asking.alerts.length}
          onSnooze={(ms) => {
            acts.act({
              kind: "snooze",
              ms,
              fingerprints: asking.alerts.map((one) => one.fingerprint),
            });
            done();
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.what === "silence" && (
        <Suspense>
          <SilencePanel
            proposal={proposeMatchers(asking.alerts)}
            selected={asking.alerts}
            onDone={done}
            onClose={() => setAsking(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

interface SummaryProps {
  shown: number;
  loaded: number;
  total: number;
  isWhole: boolean;
  line: string;
}

function Summary({ shown, loaded, total, isWhole, line }: SummaryProps) {
  const n = (count: number) => count.toLocaleString("en-US");
  const alerts = (count: number) => `${n(count)} ${count === 1 ? "alert" : "alerts"}`;
  if (!isWhole)
    return (
      <>
        {alerts(shown)}; reading all {n(total)}…
      </>
    );
  if (total > loaded) {
    return (
      <>
        {n(shown)} shown, of the first {n(loaded)} of {alerts(total)}: a filter reaches the others
      </>
    );
  }
  if (loaded === 0) return <>No alert is known. What others post by /api/v2/alerts comes here.</>;
  if (shown === 0) return <>No alert fits{line.trim() === "" ? "" : " this filter"}</>;
  return (
    <>
      {alerts(shown)}
      <span className="max-sm:sr-only">, the most urgent first</span>
    </>
  );
}
