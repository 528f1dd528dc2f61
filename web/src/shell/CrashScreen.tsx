import { messageOf } from "../api/client";

export function CrashScreen({ error }: { error: unknown }) {
  return (
    <main className="mx-auto max-w-xl p-8">
      <h1 className="text-2xl font-semibold">This screen failed</h1>
      <p className="mt-2">{messageOf(error)}</p>
      <button
        type="button"
        className="button mt-4"
        data-kind="primary"
        onClick={() => location.reload()}
      >
        Load it again
      </button>
    </main>
  );
}
