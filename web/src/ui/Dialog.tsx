import { useEffect, useId, useRef } from "react";

interface Props {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: React.ReactNode;
}

// A modal dialog that is open as long as it is drawn. What has `data-first` has the focus first.
export function Dialog({ title, wide = false, onClose, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const open = dialog.current;
    open?.showModal();
    open?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      open?.close();
      if (opener instanceof HTMLElement && opener.isConnected)
        opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={`panel w-full p-4 shadow-xl sm:p-5 ${wide ? "max-w-4xl" : "max-w-md"}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        <button type="button" className="button shrink-0" onClick={onClose}>
          Close
        </button>
      </div>
      {children}
    </dialog>
  );
}
