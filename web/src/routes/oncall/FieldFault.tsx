import { useId } from "react";

// What the server refused, at the field that it means.
export const faultProps = (id: string, says: string | undefined) =>
  says === undefined ? {} : { "aria-invalid": true, "aria-describedby": id };

export function FieldFault({ id, says }: { id: string; says: string | undefined }) {
  if (says === undefined) return null;
  return (
    <span id={id} role="alert" data-tone="critical" className="severity-edge pl-2 text-sm">
      {says}.
    </span>
  );
}

interface FieldProps {
  label: string;
  refused: string | undefined;
  hint?: React.ReactNode;
  children: (props: { id: string }) => React.ReactNode; // the field, to which these belong
}

// What is said of a field stands beside its label: inside it would be a part of the field's name.
export function Field({ label, refused, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={`${id}f`} className="text-sm font-medium">
        {label}
      </label>
      {children({ id: `${id}f`, ...faultProps(id, refused) })}
      {hint}
      <FieldFault id={id} says={refused} />
    </div>
  );
}
