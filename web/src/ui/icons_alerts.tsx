// Pictures of the lazy screens, apart from those of the first load.
interface Props {
  d: string;
  size?: number;
}

function Icon({ d, size = 16 }: Props) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="flex-none"
      aria-hidden="true"
    >
      <path d={d} />
    </svg>
  );
}

export const CrossIcon = () => <Icon d="M6 6l12 12M18 6 6 18" size={14} />;
export const OpenIcon = ({ open }: { open: boolean }) => (
  <Icon d={open ? "M6 9l6 6 6-6" : "M9 6l6 6-6 6"} />
);
export const BellOffIcon = () => (
  <Icon d="M9.500 3.800C14 2 17.500 5 17.500 9.500c0 2 .3 3.500.8 4.700M7 7.500c-.6 5.500-1.500 7-3 9h12.500M10 20a2 2 0 0 0 4 0M3 3l18 18" />
);
export const PlusIcon = () => <Icon d="M12 5v14M5 12h14" />;
