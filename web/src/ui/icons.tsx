// The few pictures of the page; each stands beside a word or on a button with a name.
interface Props {
  children: React.ReactNode;
}

function Icon({ children }: Props) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BellIcon = () => (
  <Icon>
    <path d="M12 3c-3.500 0-5.500 2.500-5.500 6 0 4.500-1.500 6-2.500 7.500h16C19 15 17.500 13.500 17.500 9c0-3.500-2-6-5.500-6z" />
    <path d="M10 19.500a2 2 0 0 0 4 0" />
  </Icon>
);
export const ListIcon = () => (
  <Icon>
    <path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01" />
  </Icon>
);
export const PhoneIcon = () => (
  <Icon>
    <path d="M6 3h4l2 5-3 2a11 11 0 0 0 5 5l2-3 5 2v4c0 2-2 3-4 3A16 16 0 0 1 3 7c0-2 1-4 3-4z" />
  </Icon>
);
export const GaugeIcon = () => (
  <Icon>
    <path d="M4 18a9 9 0 1 1 16 0" />
    <path d="m12 14 4-5" />
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon>
    <rect x="2.500" y="6" width="19" height="12" rx="2" />
    <path d="M6.500 10h.01M10 10h.01M13.500 10h.01M17 10h.01M7.500 14h9" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z" />
  </Icon>
);
export const AutoThemeIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M12 3.500v17a8.500 8.500 0 0 0 0-17z" fill="currentColor" />
  </Icon>
);
export const PersonIcon = () => (
  <Icon>
    <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.500c1-4 4-5.500 8-5.500s7 1.500 8 5.500" />
  </Icon>
);
