import type { JSX } from 'preact';

const maxLength = 20_000;

/** A value that a tool was given or gave, as text; long ones end in an ellipsis. */
export function JsonPane({ label, value }: { readonly label: string; readonly value: unknown }): JSX.Element {
  const text = pretty(value);
  return (
    <div class="fact-pane">
      <div class="label">{label}</div>
      <div class="pane">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label={label}>
          <pre>{text.length > maxLength ? `${text.slice(0, maxLength)}…` : text}</pre>
        </section>
      </div>
    </div>
  );
}

function pretty(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, null, 2) ?? '';
  } catch {
    return String(value);
  }
}
