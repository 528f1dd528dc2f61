import type { PolicyPreview, PreviewPerson, PreviewStep } from "../../api/oncall";
import { useNow } from "../../live/live";
import { whenText } from "../../oncall/words";
import { durationText } from "../../time/format";
import { Badge } from "../../ui/Badge";
import { Who } from "./parts";

interface Props {
  steps: PreviewStep[];
  at: number;
  zone: string;
  colours: ReadonlyMap<string, number>;
  bringIn: PolicyPreview["bring_in"];
}

export function RoundSteps({ steps, at, zone, colours, bringIn }: Props) {
  const now = useNow();
  const when = (text: string) => {
    const moment = Date.parse(text);
    const after = moment - at;
    return (
      <>
        {after <= 0 ? "At once" : `After ${durationText(after)}`}
        <span className="font-normal text-muted"> ({whenText(moment, now, zone)})</span>
      </>
    );
  };
  return (
    <ol className="grid gap-0">
      {steps.map((step, i) => (
        <li
          key={`${step.at} ${step.people.map(({ person }) => person).join()} ${step.skipped}`}
          className="grid gap-1 border-t border-line py-2"
          data-step={step.skipped === null ? "played" : "skipped"}
        >
          <p className="flex flex-wrap items-baseline gap-x-3 font-medium">
            <span>
              Step {i + 1}. {when(step.at)}
            </span>
            {step.skipped !== null && (
              <>
                <Badge tone="unknown" word="SKIPPED" outlined />
                <span className="font-normal">{step.skipped}</span>
              </>
            )}
          </p>
          <People people={step.people} colours={colours} />
          {step.channels.length > 0 && (
            <p className="text-sm">
              Told, not rung: {step.channels.map((name) => `#${name}`).join(", ")}
            </p>
          )}
          {step.skipped === null && step.people.length + step.channels.length === 0 && (
            <p className="text-sm">Nobody.</p>
          )}
        </li>
      ))}
      {bringIn && (
        <li className="grid gap-1 border-t border-line py-2" data-step="bring-in">
          <p className="font-medium">
            Not resolved, also if somebody answered: more people. {when(bringIn.at)}
          </p>
          <People people={bringIn.people} colours={colours} />
        </li>
      )}
    </ol>
  );
}

interface PeopleProps {
  people: PreviewPerson[];
  colours: ReadonlyMap<string, number>;
}

function contactText({ name, after_seconds: after }: PreviewPerson["contacts"][number]): string {
  if (after === null) return `${name} if that fails`;
  return after === 0 ? name : `${name} after ${durationText(after * 1000)}`;
}

function People({ people, colours }: PeopleProps) {
  return (
    <ul className="grid gap-1 text-sm">
      {people.map((one) => (
        <li key={one.person + one.via} className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <Who id={one.person} colours={colours} />
          <span className="text-muted">{one.via}</span>
          <span>
            {one.contacts.length === 0
              ? "has no way to be reached"
              : one.contacts.map(contactText).join(", then ")}
          </span>
        </li>
      ))}
    </ul>
  );
}
