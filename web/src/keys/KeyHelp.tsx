import { useEffect, useRef } from "react";
import { keyModes, keyTable } from "./table";
import { useKeyMode } from "./useKeys";

const groups = ["Everywhere", "Lists", "Alerts", "Incident", "On call"] as const;

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [mode, setMode] = useKeyMode();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="key-help-title"
      className="panel w-full max-w-3xl p-5 shadow-xl"
      onClose={onClose}
    >
      <div className="flex items-center justify-between gap-4">
        <h2 id="key-help-title" className="text-lg font-semibold">
          Keys
        </h2>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
      <div className="gap-x-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="break-inside-avoid pt-4">
            <h3 className="mb-1 text-sm font-semibold text-muted">{group}</h3>
            <dl className="grid grid-cols-[6rem_1fr] gap-y-1.5">
              {keyTable
                .filter((row) => row.where === group)
                .map((row) => (
                  <div key={row.id} className="contents">
                    <dt className="flex gap-1">
                      {row.keys.map((key) => (
                        <kbd key={key} className="kbd">
                          {key}
                        </kbd>
                      ))}
                    </dt>
                    <dd>{row.says}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <fieldset className="mt-5 border-t border-line pt-4">
        <legend className="sr-only">Which keys work</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {keyModes.map((choice) => (
            <label key={choice.mode} className="inline-flex min-h-6 items-center gap-2">
              <input
                type="radio"
                name="key-mode"
                className="size-4"
                checked={mode === choice.mode}
                onChange={() => setMode(choice.mode)}
              />
              {choice.says}
            </label>
          ))}
        </div>
      </fieldset>
      <p className="mt-4 text-sm">
        <a href="/licenses.md">Licences of what this page is made of</a>
      </p>
    </dialog>
  );
}
