import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { loadQuery, type PersonLoad } from "../../api/oncall";
import { useNow } from "../../live/live";
import { type Fairness, fairnessOf, hardestFirst, isUneven } from "../../oncall/load";
import { hoursText } from "../../oncall/words";
import { Banner } from "../../ui/Banner";
import { Fetched } from "../../ui/Fetched";
import { countText, timesText } from "../../words/numbers";
import { usePersonName } from "../../words/people";
import { Head } from "./parts";
import { Choice } from "./Schedule";

const day = 86_400_000;
const spans = ["30d", "90d", "1y"] as const;
type LoadSpan = (typeof spans)[number];
const daysOf: Record<LoadSpan, number> = { "30d": 30, "90d": 90, "1y": 365 };
const saysOf: Record<LoadSpan, string> = { "30d": "30 days", "90d": "90 days", "1y": "a year" };

export function LoadScreen() {
  const search = useSearch({ from: "/signed-in/oncall/load" });
  const navigate = useNavigate({ from: "/oncall/load" });
  const now = useNow();
  const span = spans.find((one) => one === search.span) ?? "30d";
  // To the full hour: a running clock asks no new question.
  const until = Math.ceil(now / 3_600_000) * 3_600_000;
  const query = useQuery(loadQuery(until - daysOf[span] * day, until));
  return (
    <div className="grid grid-cols-1 gap-4">
      <Head title="Load">
        <Choice
          legend="How far back"
          value={span}
          choices={spans.map((one) => [one, saysOf[one]])}
          onChange={(to) => void navigate({ search: { span: to }, replace: true })}
        />
      </Head>
      <Fetched query={query} what="the load">
        {({ people }) =>
          people.length === 0 ? (
            <p className="panel p-4">Nobody was on call in these {saysOf[span]}.</p>
          ) : (
            <Loaded people={people} />
          )
        }
      </Fetched>
    </div>
  );
}

const parts = ["sleeping", "free", "working"] as const;
const partSays = { working: "at work", free: "in free time", sleeping: "in sleep" };

function Loaded({ people }: { people: PersonLoad[] }) {
  const nameOf = usePersonName();
  const sorted = [...people].sort(hardestFirst);
  const most = Math.max(1, ...people.map(({ pages }) => pages));
  const longest = Math.max(1, ...people.map(({ shift_seconds }) => shift_seconds));
  const head = "px-3 py-2 text-left text-sm whitespace-nowrap font-semibold text-muted";
  const cell = "px-3 py-2 whitespace-nowrap";
  return (
    <>
      <Fairnesses people={people} />
      <section className="panel overflow-x-auto" aria-label="Load of each person">
        <table className="w-full border-collapse max-sm:hidden">
          <thead>
            <tr>
              <th className={head}>Who</th>
              <th className={`${head} w-full`}>Pages</th>
              {parts.map((part) => (
                <th key={part} className={`${head} text-right`}>
                  <span className="load-key" data-load={part} />
                  {partSays[part]}
                </th>
              ))}
              <th className={`${head} text-right`}>Interruptions</th>
              <th className={`${head} min-w-48`}>On call</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((one) => (
              <tr key={one.person} className="border-t border-line" data-load-of={one.person}>
                <th className={`${cell} text-left font-medium`} scope="row">
                  {nameOf(one.person)}
                </th>
                <td className={cell}>
                  <div className="flex items-center gap-2">
                    <span className="w-8 text-right">{countText(one.pages)}</span>
                    <PagesBar load={one} most={most} />
                  </div>
                </td>
                {parts.map((part) => (
                  <td key={part} className={`${cell} text-right`}>
                    {countText(one[part])}
                  </td>
                ))}
                <td className={`${cell} text-right`}>{countText(one.interruptions)}</td>
                <td className={cell}>
                  <ShiftBar load={one} longest={longest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {/* On a phone a card each: a table of seven columns would have to be scrolled. */}
        <ul className="sm:hidden">
          {sorted.map((one) => (
            <li key={one.person} className="grid gap-1.5 border-t border-line p-3 first:border-t-0">
              <p className="flex justify-between gap-2">
                <span className="font-medium">{nameOf(one.person)}</span>
                <span>
                  {countText(one.pages)} pages, {countText(one.interruptions)} interruptions
                </span>
              </p>
              <PagesBar load={one} most={most} />
              <p className="flex flex-wrap gap-x-3 text-sm">
                {parts.map((part) => (
                  <span key={part}>
                    <span className="load-key" data-load={part} />
                    {countText(one[part])} {partSays[part]}
                  </span>
                ))}
              </p>
              <ShiftBar load={one} longest={longest} />
            </li>
          ))}
        </ul>
      </section>
      <p className="text-sm text-muted">
        Hours are those of each person’s own zone and working hours. Pages that come close together
        are one interruption.
      </p>
    </>
  );
}

function PagesBar({ load, most }: { load: PersonLoad; most: number }) {
  return (
    <div className="load-bar flex-1" aria-hidden="true">
      {parts.map((part) => (
        <span key={part} data-load={part} style={{ width: `${(load[part] / most) * 100}%` }} />
      ))}
    </div>
  );
}

function ShiftBar({ load, longest }: { load: PersonLoad; longest: number }) {
  return (
    <div className="flex items-center gap-2">
      <span className="w-14 text-right text-sm whitespace-nowrap">
        {hoursText(load.shift_seconds)}
      </span>
      <div className="load-bar flex-1" aria-hidden="true">
        <span
          className="bg-unknown"
          style={{ width: `${(load.shift_seconds / longest) * 100}%` }}
        />
      </div>
      <span className="sr-only">on call</span>
    </div>
  );
}

const measures = [
  { says: "pages in sleep", of: (one: PersonLoad) => one.sleeping },
  { says: "pages in free time", of: (one: PersonLoad) => one.free },
  { says: "time on call", of: (one: PersonLoad) => one.shift_seconds },
];

// One sentence each: how far the busiest is from the mean.
function Fairnesses({ people }: { people: PersonLoad[] }) {
  const nameOf = usePersonName();
  const found = measures.map(({ says, of }) => ({ says, fairness: fairnessOf(people, of) }));
  const uneven = found.filter(({ fairness }) => isUneven(fairness));
  const sentence = ({ says, fairness }: { says: string; fairness: Fairness }) =>
    `${nameOf(fairness.most?.person ?? "")} has ${timesText(fairness.times ?? 0)} the mean of ${says}`;
  if (people.length < 2) return null;
  return (
    <Banner tone={uneven.length > 0 ? "warning" : "ok"}>
      <h2 className="font-semibold">
        {uneven.length > 0 ? "The load is uneven" : "The load is even"}
      </h2>
      <p className="text-sm">
        {uneven.length > 0
          ? `${uneven.map(sentence).join("; ")}.`
          : "Nobody has more than 1.5 times the mean of nights, free time or hours."}
      </p>
    </Banner>
  );
}
