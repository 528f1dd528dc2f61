import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type EscalationPolicy, policiesQuery, previewQuery } from "../../api/oncall";
import { useNow } from "../../live/live";
import { coloursOf } from "../../oncall/colours";
import { isSameRound, picturesOf } from "../../oncall/escalation";
import { targetText, timesOfDay, whenText } from "../../oncall/words";
import { fieldText, ownZone, parseField } from "../../oncall/zone";
import { durationText, zoneName } from "../../time/format";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { usePersonName, useTeamName } from "../../words/people";
import { Head } from "./parts";
import { RingsPicture } from "./RingsPicture";
import { RoundSteps } from "./RoundSteps";
import { Choice } from "./Schedule";

export function PolicyScreen() {
  const { name } = useParams({ from: "/signed-in/oncall/policies/$name" });
  const query = useQuery(policiesQuery);
  return (
    <div className="grid grid-cols-1 gap-4">
      <Head title={name} />
      <Fetched query={query} what="the escalation policy">
        {({ policies }) => {
          const policy = policies.find(({ id }) => id === name);
          if (!policy) return <p>There is no escalation policy {name}.</p>;
          return <Loaded policy={policy} />;
        }}
      </Fetched>
    </div>
  );
}

const severities = ["SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"] as const;
const minute = 60_000;

function Loaded({ policy }: { policy: EscalationPolicy }) {
  const search = useSearch({ from: "/signed-in/oncall/policies/$name" });
  const navigate = useNavigate({ from: "/oncall/policies/$name" });
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...part }, replace: true });
  const now = useNow();
  const zone = ownZone();
  const asked = Date.parse(search.at ?? "");
  // A running clock asks once a minute.
  const at = Number.isNaN(asked) ? Math.floor(now / minute) * minute : asked;
  const severity = severities.find((one) => one === search.severity) ?? "SEV-1";
  const preview = useQuery(previewQuery(policy.id, at, severity));
  const choose = (moment: number) => change({ at: new Date(moment).toISOString() });

  return (
    <>
      <Rules policy={policy} />
      <section className="panel grid gap-4 p-3 sm:p-4" aria-label="What would happen">
        <h2 className="text-base font-semibold">What would happen</h2>
        <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
          <label className="grid gap-1 text-sm">
            <span className="font-medium">If it broke at ({zoneName(at, zone)})</span>
            <input
              type="datetime-local"
              className="field"
              value={fieldText(at, zone)}
              onChange={(event) => {
                const moment = parseField(event.target.value, zone);
                if (moment) choose(moment.at);
              }}
            />
          </label>
          <label className="grid gap-1 text-sm">
            <span className="font-medium">with severity</span>
            <select
              className="field"
              value={severity}
              onChange={(event) => change({ severity: event.target.value })}
            >
              {severities.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <div className="flex flex-wrap gap-1.5">
            <button
              type="button"
              className="pill"
              aria-pressed={Number.isNaN(asked)}
              onClick={() => change({ at: undefined })}
            >
              now
            </button>
            {timesOfDay(now, zone).map((one) => (
              <button
                key={one.says}
                type="button"
                className="pill"
                aria-pressed={at === one.at}
                onClick={() => choose(one.at)}
              >
                {one.says}
              </button>
            ))}
          </div>
        </div>
        <Fetched query={preview} what="what would happen">
          {(data) => {
            const pictures = picturesOf(data, at);
            const colours = coloursOf(
              pictures.flatMap(({ rows }) =>
                rows.flatMap((row) => (row.kind === "person" ? [row.name] : [])),
              ),
            );
            const round = Math.min(
              Math.max(0, Number(search.round ?? 1) - 1 || 0),
              pictures.length - 1,
            );
            const picture = pictures[round];
            const steps = data.rounds[round]?.steps ?? [];
            if (!picture) return <p>No step would be played.</p>;
            return (
              <div className="grid gap-4" data-preview="">
                {pictures.length > 1 && (
                  <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                    <Choice
                      legend="Round"
                      value={String(round + 1)}
                      choices={pictures.map((_, i) => [String(i + 1), `Round ${i + 1}`])}
                      onChange={(to) => change({ round: to === "1" ? undefined : to })}
                    />
                    <span className="text-sm text-muted">
                      begins{" "}
                      {picture.begin === 0 ? "at once" : `after ${durationText(picture.begin)}`}
                      {", if nobody answers"}
                      {round > 0 &&
                        pictures[round - 1] &&
                        isSameRound(picture, pictures[round - 1] ?? picture) &&
                        "; the same as the round before"}
                    </span>
                  </div>
                )}
                <RingsPicture picture={picture} colours={colours} />
                <RoundSteps
                  steps={steps}
                  at={at}
                  zone={zone}
                  colours={colours}
                  bringIn={picture.hasBringIn ? data.bring_in : null}
                />
                <p className="text-sm text-muted">
                  {plural(pictures.length, "round")} in all; it begins {whenText(at, now, zone)}.
                </p>
              </div>
            );
          }}
        </Fetched>
      </section>
    </>
  );
}

function Rules({ policy }: { policy: EscalationPolicy }) {
  const teamName = useTeamName();
  const nameOf = usePersonName();
  const says = (targets: EscalationPolicy["fallback"]) =>
    targets.map((one) => targetText(one, nameOf)).join(", ");
  return (
    <Panel title="The rules">
      <ol className="grid list-decimal gap-1 pl-5">
        {policy.steps.map((step) => (
          <li key={step.after_seconds + step.when + says(step.targets)}>
            {step.after_seconds === 0
              ? "At once"
              : `After ${durationText(step.after_seconds * 1000)}`}
            : {says(step.targets)}
            {step.when !== "" && step.when !== "always" && (
              <span className="text-muted"> — {step.when}</span>
            )}
          </li>
        ))}
      </ol>
      <ul className="mt-2 grid gap-0.5 text-sm text-muted">
        <li>
          {policy.repeat === 0
            ? "Played once"
            : `Played again ${policy.repeat === 1 ? "once" : `${policy.repeat} times`}, each ${durationText(policy.repeat_after_seconds * 1000)} after the last step`}
          {policy.acknowledgements > 1 &&
            `; ${policy.acknowledgements} different people must answer`}
          {policy.acknowledged_for_seconds > 0 &&
            `; rings again ${durationText(policy.acknowledged_for_seconds * 1000)} after an answer unless it is resolved`}
          .
        </li>
        {policy.bring_in && (
          <li>
            Not resolved after {durationText(policy.bring_in.after_seconds * 1000)} (
            {policy.bring_in.severities.join(", ")}): brings in{" "}
            {says(policy.bring_in.targets) || "everybody of the steps who was not rung yet"}.
          </li>
        )}
        {policy.fallback.length > 0 && <li>Where nobody is found: {says(policy.fallback)}.</li>}
        {policy.teams.length > 0 && <li>Of {policy.teams.map(teamName).join(", ")}.</li>}
      </ul>
    </Panel>
  );
}
