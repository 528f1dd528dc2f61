// What the first letter in the filter line would have to wait for among ten thousand alerts, done
// beforehand in small pieces: the texts that words are looked for in, and the first runs of the code
// that filters and groups, which the browser interprets slowly until it has seen it work.
import type { PostedAlert } from "../api/types";
import { countStandings, groupAlerts, rowsOf } from "./grouping";
import { parseLine, testOfLine } from "./line";
import { haystackOf } from "./posted";

const atOnce = 1000;
const runs = 20;
let runsLeft = runs; // the code stays warm as long as the page is there

// Returns what ends it.
export function warmUp(alerts: readonly PostedAlert[], by: readonly string[]): () => void {
  let at = 0;
  const step = () => {
    const piece = alerts.slice(at, at + atOnce);
    for (const alert of piece) haystackOf(alert);
    at += atOnce;
    if (piece.length === atOnce && runsLeft > 0) {
      runsLeft -= 1;
      rehearse(piece, by);
    }
    // A second round for the code alone.
    if (at >= alerts.length && runsLeft > 0 && alerts.length >= atOnce) at = 0;
    if (at < alerts.length) timer = setTimeout(step, 20);
  };
  let timer = setTimeout(step, 200);
  return () => clearTimeout(timer);
}

function rehearse(alerts: readonly PostedAlert[], by: readonly string[]): void {
  const test = testOfLine(parseLine('alertname!="" e')) ?? (() => true);
  const fitting = alerts.filter(test);
  countStandings(fitting);
  rowsOf(groupAlerts(fitting, by), () => true);
}
