import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "../../api/client";
import { putCalendar, putVacations, readOnCallAgain, type Schedule } from "../../api/oncall";
import { announce } from "../../ui/announce";
import { plural } from "../../words/numbers";
import { usePersonName } from "../../words/people";
import { DeedForm } from "./DeedForm";
import { WhoField } from "./parts";

interface Props {
  schedule: Schedule;
  me: string;
  onClose: () => void;
}

type Kind = "holidays" | "vacations";
interface Read {
  says: string;
  notes: { line: number; text: string }[];
}

const most = 4 * 1024 * 1024;

// A calendar file: public holidays by a name that layers refer to, or one person's vacations.
export function ImportDialog({ schedule, me, onClose }: Props) {
  const client = useQueryClient();
  const nameOf = usePersonName();
  const known = [...new Set(schedule.layers.flatMap(({ off }) => off))];
  const [kind, setKind] = useState<Kind>("holidays");
  const [name, setName] = useState(known[0] ?? "holidays");
  const [person, setPerson] = useState(me);
  const [file, setFile] = useState<File | null>(null);
  const [wasTried, setTried] = useState(false);
  const missing = faultOf(kind, name, person, file);
  const put = useMutation({
    mutationFn: async (chosen: File): Promise<Read> => {
      if (kind === "holidays") {
        const { days, notes } = await putCalendar(name, schedule.zone, chosen);
        return { says: `${plural(days, "day")} off in the calendar ${name}`, notes };
      }
      const { absences, notes } = await putVacations(person, chosen);
      return { says: `${plural(absences, "absence")} of ${nameOf(person)}`, notes };
    },
    onSuccess: () => announce("The calendar is imported"),
    onSettled: () => readOnCallAgain(client),
  });
  const general =
    wasTried && missing !== null ? missing : put.error ? messageOf(put.error) : undefined;
  return (
    <DeedForm
      title="Import a calendar"
      isPending={put.isPending}
      does="Import"
      doing="Reading…"
      refusal={general === undefined ? null : `Not imported: ${general}`}
      onSubmit={() => {
        setTried(true);
        if (missing === null && file) put.mutate(file);
      }}
      onClose={onClose}
      after={put.data && <Outcome {...put.data} />}
    >
      <fieldset className="grid gap-1">
        <legend className="sr-only">What the file has</legend>
        {(["holidays", "vacations"] as const).map((one) => (
          <label key={one} className="inline-flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="import-kind"
              className="size-4"
              checked={kind === one}
              data-first={one === "holidays" ? "" : undefined}
              onChange={() => setKind(one)}
            />
            {one === "holidays" ? "Public holidays" : "Vacations of a person"}
          </label>
        ))}
      </fieldset>
      {kind === "holidays" ? (
        <NameField known={known} name={name} zone={schedule.zone} onChange={setName} />
      ) : (
        <WhoField me={me} person={person} onChange={setPerson} />
      )}
      <label className="grid gap-1">
        <span className="text-sm font-medium">The file (.ics, at most 4 MiB)</span>
        <input
          type="file"
          className="field"
          accept=".ics,text/calendar"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </label>
      <p className="text-sm text-muted">What was imported there before is replaced.</p>
    </DeedForm>
  );
}

function faultOf(kind: Kind, name: string, person: string, file: File | null): string | null {
  if (kind === "holidays" && !/^[a-z0-9._-]{1,64}$/.test(name)) {
    return "The name has a-z, 0-9, “-”, “_” and “.”, at most 64 of them";
  }
  if (kind === "vacations" && person === "") return "Say whose vacations they are";
  if (file === null) return "Choose a file";
  if (file.size > most) return "The file is larger than 4 MiB";
  return null;
}

interface NameProps {
  known: readonly string[];
  name: string;
  zone: string;
  onChange: (name: string) => void;
}

function NameField({ known, name, zone, onChange }: NameProps) {
  const id = useId();
  return (
    <label className="grid gap-1">
      <span className="text-sm font-medium">Name of the calendar</span>
      <input
        className="field"
        list={id}
        value={name}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      <datalist id={id}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <span className="text-sm text-muted">
        {known.includes(name)
          ? `A layer of this schedule has nobody on its days (${zone}).`
          : "No layer of this schedule names it yet: write it under “off” of a layer in the catalog."}
      </span>
    </label>
  );
}

function Outcome({ says, notes }: Read) {
  return (
    <div role="status" className="grid gap-2" data-imported="">
      <p>
        <strong>Read:</strong> {says}.
      </p>
      {notes.length > 0 ? (
        <>
          <p className="font-medium">Left out or read otherwise:</p>
          <ul className="text-sm">
            {notes.map((note) => (
              <li key={`${note.line} ${note.text}`}>
                Line {note.line}: {note.text}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>Nothing was left out.</p>
      )}
    </div>
  );
}
