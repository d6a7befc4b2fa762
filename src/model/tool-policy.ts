/**
 * What the model may do unasked where a lane of ours runs its tools. Reading within the workspace never asks; what lies
 * outside it, and what is protected, always does.
 *
 * - `read-only`: nothing is changed; commands ask, and run in a sandbox that lets them write nothing, or not at all.
 * - `ask`: each change and each command asks.
 * - `auto-edit`: changes are made unasked, each command asks.
 * - `full`: changes are made and sandboxed commands run unasked; a command without a sandbox asks.
 */
export const toolPolicies = ['read-only', 'ask', 'auto-edit', 'full'] as const;
export type ToolPolicy = (typeof toolPolicies)[number];

/** How many commands a turn ran within Codex's sandbox, and how many without one. */
export type CommandCount = { readonly sandboxed: number; readonly unsandboxed: number };

/** What a model costs, in US dollars per million tokens, as the user told it. Null = as `input`. */
export type Price = { readonly input: number; readonly cachedInput: number | null; readonly output: number };
