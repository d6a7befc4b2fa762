export { type ShellTurn, shellTool } from './shell-tool.ts';
