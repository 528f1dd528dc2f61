// The filter line of a screen: what is typed, what is in the address, and what it asks for.
import { useEffect, useMemo, useRef, useState } from "react";
import { type Part, parseLine } from "../../alerts/line";

// The line as it is typed; the address follows when the fingers rest.
// `write` puts it there, and is the same at each call.
export function useLine(
  inAddress: string,
  write: (q: string | undefined) => void,
  ms = 150,
): [string, (line: string) => void] {
  const [line, setLine] = useState(inAddress);
  const written = useRef(inAddress);
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    setLine(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (line === written.current) return;
    const timer = setTimeout(() => {
      written.current = line;
      write(line === "" ? undefined : line);
    }, ms);
    return () => clearTimeout(timer);
  }, [line, write, ms]);
  return [line, setLine];
}

// Whether the fingers rest, or the line was not typed.
function useIsResting(line: string, ms: number): boolean {
  const [rested, setRested] = useState(line);
  useEffect(() => {
    const timer = setTimeout(() => setRested(line), ms);
    return () => clearTimeout(timer);
  }, [line, ms]);
  return rested === line;
}

// While a part is typed at the end of the line it is no mistake yet, and what may become a label's
// name is not yet a word to look for.
function unfinished(part: Part, line: string, names: readonly string[]): boolean {
  if (part.to < line.length) return false;
  if (part.kind === "wrong") return true;
  return part.kind === "word" && names.some((name) => name.startsWith(part.text));
}

export function useParts(line: string, names: readonly string[]): Part[] {
  const isResting = useIsResting(line, 700);
  const parsed = useMemo(() => parseLine(line), [line]);
  // The same list as long as nothing is left out of it: filtering thousands anew is not free.
  return useMemo(() => {
    if (isResting) return parsed;
    const finished = parsed.filter((part) => !unfinished(part, line, names));
    return finished.length === parsed.length ? parsed : finished;
  }, [parsed, line, isResting, names]);
}
