/**
 * The practice endpoint: a Responses API on loopback that answers from a script, without model, account or network.
 *
 * It knows, from the last user message:
 * - `explain this file` (or `explain <path>`), `add a test`, `run the tests`, `rename X to Y`;
 * - `say: <text>`, `long answer` (about 20 KB of Markdown), `what do you see` (the images of the turn), and it sums the
 *   conversation up for whoever asks for a summary;
 * - `run: <command>`, `ask: <command>` (outside the sandbox), `slow command` (60 s), `write: <path>` (adds a file by a patch),
 *   `tool: <name> <JSON>` (calls that function of the client's), `many calls` (three files read in one answer), `rounds: <n>`
 *   (a call in each of n answers), `endless tools`;
 * - `draw`, `search the web [for <words>]`: tools of the endpoint's own;
 * - `fail: <name>` with 401, 403, 404, 408, 409, 429, 500, 503, quota (HTTP errors), context (a failed response), refusal (the
 *   model won't), incomplete (stopped at its token limit), cut (the connection breaks in mid-answer), hang (the answer stops
 *   and the connection stays); `fail: 429 once` is fine when tried again (`cut once` breaks before the first event);
 *   `fail: <name> [once] after <prompt>` works on that prompt, and goes wrong once a call was answered;
 * - `limits: <percent> [until <seconds since the epoch>]` says in its headers how much of a limit is used.
 *
 * Where the client offers the built-in tools `shell` and `apply_patch`, commands and patches are calls of those kinds.
 *
 * Anything else gets a greeting. The models `practice-4k`, `practice-16k` and so on have a window of so many thousand tokens.
 * Where the request asks for JSON by a schema, the last words of the turn are such JSON.
 *
 * Tools are those that the client offers, and (but for those that look at the editor) only when the folder it states in
 * `<cwd>…</cwd>` lies in one of the given workspaces. All state comes from the request, so equal requests get equal answers,
 * ids included; only what fails `once` is remembered, until it was let through, and with the quirk `stored-only` what was
 * answered. What a client carries is checked: each call
 * has one answer of its kind, and reasoning that was given out sealed comes back unchanged before the calls that came of it.
 * Else the answer is 400.
 */
export { practiceCodexConfig } from './codex-config.ts';
export { PRACTICE_HEADER, PRACTICE_LABEL } from './label.ts';
export { QUIRKS, type Quirk } from './quirks.ts';
export type { PracticeOptions, PracticeServer } from './server.ts';
export { startPractice } from './server.ts';
