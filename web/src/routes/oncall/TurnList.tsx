import type { Turn } from "../../api/oncall";
import { useNow } from "../../live/live";
import { spanText } from "../../oncall/words";
import { Whos } from "./parts";
import type { Shown } from "./Schedule";

interface Props {
  turns: Turn[];
  zone: string;
  colours: ReadonlyMap<string, number>;
  shown: Shown | null;
  onShow: (shown: Shown | null) => void;
}

// The turns one below the other: for a phone, and for who wants to read them.
export function TurnList({ turns, zone, colours, shown, onShow }: Props) {
  const now = useNow();
  return (
    <ol>
      {turns.map((turn) => {
        const begin = Date.parse(turn.begin);
        const end = Date.parse(turn.end);
        const isShown = shown !== null && begin <= shown.at && shown.at < end;
        const isNow = begin <= now && now < end;
        return (
          <li
            key={turn.begin}
            className="grid gap-1 border-t border-line py-2 first:border-t-0 sm:grid-cols-[24rem_minmax(0,1fr)] sm:items-baseline"
          >
            <button
              type="button"
              data-row=""
              aria-expanded={isShown}
              className="min-h-6 cursor-pointer text-left underline decoration-line-strong hover:decoration-2"
              onClick={() => onShow(isShown ? null : { lane: "", at: begin })}
            >
              {spanText(begin, end, now, zone)}
            </button>
            <span className="flex flex-wrap items-baseline gap-2">
              <Whos ids={turn.people} colours={colours} />
              {isNow && <span className="font-semibold">now</span>}
              {turn.why.some(({ kind }) => kind === "override") && (
                <span className="text-sm text-muted">override</span>
              )}
            </span>
            {isShown && <p className="text-sm text-muted sm:col-span-2">{turn.explain}</p>}
          </li>
        );
      })}
    </ol>
  );
}
