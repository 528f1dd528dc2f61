import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import type { Me } from "../api/types";
import { nextTheme, onThemeChange, readTheme, setTheme, type Theme } from "../theme/theme";
import { AutoThemeIcon, KeyboardIcon, MoonIcon, PersonIcon, SunIcon } from "../ui/icons";
import { actorText } from "../words/actors";
import { LiveChip, VersionChip } from "./LiveChip";

interface Props {
  me: Me | null;
  onHelp: () => void;
  children: React.ReactNode;
}

export function TopBar({ me, onHelp, children }: Props) {
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface">
      <div className="mx-auto flex h-13 max-w-6xl items-center gap-x-2 px-3 sm:gap-x-4 sm:px-6">
        <Link
          to="/"
          className="inline-flex items-center gap-2 py-1 text-lg font-bold text-text no-underline"
        >
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span className="max-[22rem]:sr-only">Tocsin</span>
        </Link>
        {children}
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          <VersionChip />
          <LiveChip />
          <ThemeButton />
          <button
            type="button"
            className="button px-2"
            data-kind="quiet"
            onClick={onHelp}
            aria-label="Keys"
            title="Keys (?)"
          >
            <KeyboardIcon />
          </button>
          {me && <AccountLink me={me} />}
        </div>
      </div>
    </header>
  );
}

const themeIcons: Record<Theme, React.ReactNode> = {
  auto: <AutoThemeIcon />,
  light: <SunIcon />,
  dark: <MoonIcon />,
};

export function ThemeButton() {
  const theme = useSyncExternalStore(onThemeChange, readTheme);
  const says = `Theme: ${theme}. Change to ${nextTheme(theme)}`;
  return (
    <button
      type="button"
      className="button px-2"
      data-kind="quiet"
      onClick={() => setTheme(nextTheme(theme))}
      aria-label={says}
      title={says}
    >
      {themeIcons[theme]}
    </button>
  );
}

// Who is signed in; the way to the password and to signing out.
function AccountLink({ me }: { me: Me }) {
  return (
    <Link
      to="/account"
      className="button px-2"
      data-kind="quiet"
      aria-label={`Account of ${actorText(me.actor)}`}
      title="Account"
    >
      <span className="hidden max-w-32 truncate text-sm md:inline">{actorText(me.actor)}</span>
      <PersonIcon />
    </Link>
  );
}
