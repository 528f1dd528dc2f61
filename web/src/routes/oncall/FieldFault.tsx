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
