import type { Tone } from "../words/severity";
import { Shape } from "./Badge";

interface Props {
  tone: Tone;
  children: React.ReactNode;
  action?: React.ReactNode;
  role?: "status" | "alert";
}

export function Banner({ tone, children, action, role }: Props) {
  return (
    <div
      role={role}
      data-tone={tone}
      className="severity-edge panel flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5"
    >
      <span className="w-4 flex-none text-(--tone)">
        <Shape tone={tone} />
      </span>
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
