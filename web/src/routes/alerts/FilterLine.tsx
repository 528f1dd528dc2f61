import { type RefObject, useId, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import { applyChoice, type Choice, completeAt, type LabelIndex } from "../../alerts/completion";
import { faultsOf, type Part } from "../../alerts/line";

interface Props {
  field: RefObject<HTMLInputElement | null>;
  line: string;
  parts: Part[];
  index: LabelIndex; // what is loaded
  onChange: (line: string) => void;
}

// Matchers and words, with completion from what is loaded.
export function FilterLine({ field, line, parts, index, onChange }: Props) {
  const id = useId();
  const [caret, setCaret] = useState<number | null>(null); // null: the list is closed
  const [at, setAt] = useState(-1);
  const isAsked = caret !== null;
  const completion = useMemo(
    () => (caret === null ? { from: 0, to: 0, choices: [] } : completeAt(line, caret, index)),
    [line, caret, index],
  );
  const { choices } = completion;
  const isOpen = choices.length > 0;
  const faults = faultsOf(parts);

  const follow = (input: HTMLInputElement) => {
    setCaret(input.selectionStart ?? input.value.length);
    setAt(-1);
  };
  const take = (choice: Choice) => {
    const after = applyChoice(line, completion, choice);
    // At once: set a frame later, the caret would jump behind a key that was typed meanwhile.
    flushSync(() => {
      onChange(after.line);
      setCaret(after.caret);
      setAt(-1);
    });
    field.current?.focus();
    field.current?.setSelectionRange(after.caret, after.caret);
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    const chosen = choices[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return follow(event.currentTarget);
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((at + by + choices.length + (at < 0 && by < 0 ? 1 : 0)) % choices.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Enter") {
      setCaret(null);
    } else if (event.key === "Escape") {
      if (isOpen) setCaret(null);
      else event.currentTarget.blur();
    }
  };

  return (
    <div className="relative min-w-0 flex-1">
      <label className="sr-only" htmlFor={`${id}-field`}>
        Filter by matchers and words
      </label>
      <input
        ref={field}
        id={`${id}-field`}
        className="field font-mono text-sm"
        type="text"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-choices`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && at >= 0 ? `${id}-${at}` : undefined}
        aria-invalid={faults.length > 0}
        aria-describedby={faults.length > 0 ? `${id}-faults` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="search"
        placeholder='severity=page job=~"shop.*" words'
        value={line}
        onChange={(event) => {
          onChange(event.target.value);
          follow(event.target);
        }}
        onClick={(event) => follow(event.currentTarget)}
        onFocus={(event) => follow(event.currentTarget)}
        onBlur={() => setCaret(null)}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => {
          if (isAsked && /^(Arrow(Left|Right)|Home|End)$/.test(event.key))
            follow(event.currentTarget);
        }}
      />
      <div
        id={`${id}-choices`}
        role="listbox"
        aria-label="Completions"
        hidden={!isOpen}
        className="panel absolute inset-x-0 top-full z-20 mt-1 max-h-80 overflow-y-auto py-1 shadow-lg sm:right-auto sm:min-w-80"
      >
        {choices.map((choice, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <div
            key={choice.text}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className="option"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(choice)}
          >
            <span className="truncate font-mono">{choice.text}</span>
            <span className="flex-none text-muted">{choice.note}</span>
          </div>
        ))}
      </div>
      {faults.length > 0 && (
        <p
          id={`${id}-faults`}
          role="alert"
          data-tone="high"
          className="severity-edge mt-1 pl-2 text-sm"
        >
          Left out: {faults.join("; ")}.
        </p>
      )}
    </div>
  );
}
