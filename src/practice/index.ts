/**
 * The practice endpoint: a Responses API on loopback that answers from a script, without model, account or network.
 *
 * It knows, from the last user message: `explain this file` (or `explain <path>`), `add a test`, `run the tests`,
 * `rename X to Y`. And for trying things out: `say: <text>` (answers with that text), `long answer` (about 20 KB of
 * Markdown), `run: <command>` (runs it), `tool: <name> <JSON>` (calls that function of the client's), `slow command`
 * (runs 60 s), and `fail: <name>` with 401, 403, 404, 429, 500, 503, quota (HTTP errors), context (a failed response),
 * incomplete (stopped at its token limit), cut (the connection breaks in mid-answer), hang (the answer stops and the
 * connection stays), and `limits: <percent> [until <seconds since the epoch>]` (says in its headers how much of a limit
 * is used). Anything else gets a greeting with this list.
 *
 * Tools are those that the client offers, and (but for those that look at the editor) only when the folder it states in `<cwd>…</cwd>` lies in one of the given
 * workspaces. All state comes from the request, so equal requests get equal answers, ids included.
 */
export { practiceCodexConfig } from './codex-config.ts';
export { PRACTICE_HEADER, PRACTICE_LABEL } from './label.ts';
export { QUIRKS, type Quirk } from './quirks.ts';
export type { PracticeOptions, PracticeServer } from './server.ts';
export { startPractice } from './server.ts';
