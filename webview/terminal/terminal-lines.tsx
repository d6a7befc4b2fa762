import type { ComponentChildren, JSX } from 'preact';
import type { Pen, TerminalColour } from './pen.ts';
import { plainPen } from './pen.ts';
import type { TerminalLine } from './terminal-text.ts';
import { textOf } from './terminal-text.ts';

/** Coloured runs that are drawn, counted from the end: each is a node of the page. */
const maxRuns = 1500;

/** Lines of a program's output in the terminal's colours. */
export function TerminalLines({ lines }: { readonly lines: readonly TerminalLine[] }): JSX.Element {
  const plainBefore = firstColoured(lines);
  const parts: ComponentChildren[] = [];
  // Plain text over several lines is one node of the page.
  let plain = plainBefore > 0 ? `${lines.slice(0, plainBefore).map(textOf).join('\n')}\n` : '';
  for (const [index, line] of lines.slice(plainBefore).entries()) {
    if (index > 0) plain += '\n';
    for (const { text, pen } of line) {
      if (pen === plainPen) {
        plain += text;
        continue;
      }
      parts.push(plain, <Run text={text} pen={pen} />);
      plain = '';
    }
  }
  parts.push(plain);
  return <pre class="terminal">{parts}</pre>;
}

function firstColoured(lines: readonly TerminalLine[]): number {
  let runs = 0;
  for (let index = lines.length - 1; index >= 0; index--) {
    runs += lines[index]?.filter((run) => run.pen !== plainPen).length ?? 0;
    if (runs > maxRuns) return index + 1;
  }
  return 0;
}

/** Colours go by custom properties: the style sheet sees to it that they can be read on the theme's background. */
function Run({ text, pen }: { readonly text: string; readonly pen: Pen }): JSX.Element {
  const [front, back] = pen.inverse ? [pen.background, pen.foreground] : [pen.foreground, pen.background];
  const classes = [
    front !== null && 'front',
    back !== null && 'back',
    pen.inverse && 'inverse',
    pen.bold && 'bold',
    pen.dim && 'dim',
    pen.italic && 'italic',
    (pen.underline || pen.strike) && 'lined',
  ];
  const style = {
    ...(front === null ? {} : { '--front': cssOf(front) }),
    ...(back === null ? {} : { '--back': cssOf(back) }),
    ...(pen.underline || pen.strike
      ? { textDecorationLine: `${pen.underline ? 'underline' : ''} ${pen.strike ? 'line-through' : ''}`.trim() }
      : {}),
  };
  return (
    <span class={classes.filter(Boolean).join(' ')} style={style}>
      {text}
    </span>
  );
}

const names = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'];
/** Levels of a channel in the colour cube of a terminal with 256 colours. */
const levels = [0, 95, 135, 175, 215, 255];

function cssOf(colour: TerminalColour): string {
  if (typeof colour !== 'number') return `rgb(${colour.join(' ')})`;
  if (colour < 16) return `var(--vscode-terminal-ansi${colour < 8 ? '' : 'Bright'}${names[colour % 8]})`;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const cube = colour - 16;
  const channel = (step: number) => levels[Math.floor(cube / step) % 6];
  return `rgb(${channel(36)} ${channel(6)} ${channel(1)})`;
}
