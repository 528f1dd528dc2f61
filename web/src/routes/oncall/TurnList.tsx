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
    <>
      <p className="text-sm text-muted">Times in {zone}</p>
      <ol>
        {turns.map((turn) => {
          const begin = Date.parse(turn.begin);
          const end = Date.parse(turn.end);
          const isShown = shown !== null && begin <= shown.at && shown.at < end;
          const isNow = begin <= now && now < end;
          return (
            <li
              key={turn.begin}
              className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-t border-line py-1.5"
            >
              <button
                type="button"
                data-row=""
                aria-expanded={isShown}
                className="min-h-6 cursor-pointer text-left underline sm:w-72 decoration-line-strong hover:decoration-2"
                onClick={() => onShow(isShown ? null : { lane: "", at: begin })}
              >
                {spanText(begin, end, now, zone, false)}
              </button>
              <span className="flex flex-wrap items-baseline gap-2">
                <Whos ids={turn.people} colours={colours} />
                {isNow && <span className="font-semibold">now</span>}
                {turn.why.some(({ kind }) => kind === "override") && (
                  <span className="text-sm text-muted">override</span>
                )}
              </span>
              {isShown && <p className="w-full text-sm text-muted">{turn.explain}</p>}
            </li>
          );
        })}
      </ol>
    </>
  );
}
