import type { JSX } from 'preact';

/** Controls, with a colour's parameters behind them. */
const controls = /(?!\t)\p{Cc}(?:\[[0-?]*[ -/]*[@-~])?/gu;

/** The end of a program's output as text alone, until what reads a terminal's colours is there. */
export function BareOutput({ text, short }: { readonly text: string; readonly short?: boolean }): JSX.Element {
  const lines = text.trimEnd().split('\n').slice(-50);
  return (
    <div class={short === true ? 'pane short' : 'pane'}>
      <section
        class="scroll"
        ref={(element) => {
          if (element !== null) element.scrollTop = element.scrollHeight;
        }}
      >
        <pre class="terminal">{lines.map((line) => line.replace(controls, '')).join('\n')}</pre>
      </section>
    </div>
  );
}
