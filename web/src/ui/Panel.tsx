import { useId } from "react";

interface Props {
  title: string;
  aside?: React.ReactNode;
  children: React.ReactNode;
  flush?: boolean; // the content brings its own spacing
}

export function Panel({ title, aside, children, flush }: Props) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 pt-3 pb-2">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {aside && <div className="text-sm text-muted">{aside}</div>}
      </header>
      <div className={flush ? "pb-1" : "px-4 pb-4"}>{children}</div>
    </section>
  );
}
