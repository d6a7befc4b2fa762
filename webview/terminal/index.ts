export { TerminalLines } from './terminal-lines.tsx';
export { plainOutput, TerminalText } from './terminal-text.ts';
