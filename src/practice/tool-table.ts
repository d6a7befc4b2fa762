import type { Fields } from './fields.ts';
import { isFields, list, text } from './fields.ts';

/** What a script may want done. The client's own tools decide how. */
export type ToolUse =
  /** `why`: it is to leave the sandbox, for this reason; a client that can ask asks its user. */
  | { readonly do: 'run'; readonly command: string; readonly why?: string }
  | { readonly do: 'read'; readonly path: string }
  | { readonly do: 'patch'; readonly patch: string }
  | { readonly do: 'plan'; readonly steps: readonly PlanStep[] }
  | { readonly do: 'poll'; readonly session: number }
  /** A function of the client's own, by its name; the arguments are JSON. */
  | { readonly do: 'call'; readonly name: string; readonly arguments: string };

/** What clients offer under names of their own. */
export type Ability = Exclude<ToolUse['do'], 'call'>;

export interface PlanStep {
  readonly step: string;
  readonly status: 'pending' | 'in_progress' | 'completed';
}

export interface OfferedTool {
  /** `built-in`: a kind of call of the endpoint's own, which the client runs. */
  readonly kind: 'function' | 'custom' | 'built-in';
  readonly name: string;
  /** The properties of its JSON schema; empty for a custom tool. */
  readonly properties: Fields;
}

/** A call as it goes on the wire, without ids. */
export type WireCall =
  | { readonly type: 'function_call'; readonly name: string; readonly arguments: string }
  | { readonly type: 'custom_tool_call'; readonly name: string; readonly input: string }
  | { readonly type: 'shell_call'; readonly action: ShellAction; readonly environment: { readonly type: 'local' } }
  | { readonly type: 'apply_patch_call'; readonly operation: PatchOperation };

export interface ShellAction {
  readonly commands: readonly string[];
  readonly timeout_ms: number | null;
  readonly max_output_length: number | null;
}

export type PatchOperation =
  | { readonly type: 'create_file' | 'update_file'; readonly path: string; readonly diff: string }
  | { readonly type: 'delete_file'; readonly path: string };

/** The endpoint's own kinds of tool that the client runs. */
const BUILT_IN = ['shell', 'apply_patch'];

/** Names by which known clients offer each ability, best first. */
const NAMES: Readonly<Record<Ability, readonly string[]>> = {
  run: ['exec_command', 'shell', 'shell_command'],
  read: ['read', 'read_file'],
  patch: ['apply_patch'],
  plan: ['update_plan'],
  poll: ['write_stdin'],
};

/** Time a command may take before Codex hands back a session to poll, in ms: the longest it accepts. */
const YIELD_MS = 30_000;

/** The tools in a request's `tools` that the client runs; every other type is left out. */
export function offeredTools(tools: unknown): readonly OfferedTool[] {
  return list(tools).flatMap((tool): OfferedTool[] => {
    if (isFields(tool) && BUILT_IN.includes(String(tool.type))) {
      return [{ kind: 'built-in', name: String(tool.type), properties: {} }];
    }
    const name = isFields(tool) ? text(tool.name) : null;
    if (!isFields(tool) || name === null) return [];
    if (tool.type === 'custom') return [{ kind: 'custom', name, properties: {} }];
    if (tool.type !== 'function') return [];
    const parameters = tool.parameters;
    const properties = isFields(parameters) ? parameters.properties : undefined;
    return [{ kind: 'function', name, properties: isFields(properties) ? properties : {} }];
  });
}

/** The types of the tools in a request's `tools` that the endpoint is to run itself. */
export function hostedTools(tools: unknown): readonly string[] {
  return list(tools).flatMap((tool) => {
    const type = isFields(tool) ? text(tool.type) : null;
    return type === null || type === 'function' || type === 'custom' || BUILT_IN.includes(type) ? [] : [type];
  });
}

/** The offered tool that can do it, or undefined. */
export function toolFor(ability: Ability, tools: readonly OfferedTool[]): OfferedTool | undefined {
  for (const name of NAMES[ability]) {
    const found = tools.find((tool) => tool.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The offered tool that a use is of, or undefined. */
export function toolOf(use: ToolUse, tools: readonly OfferedTool[]): OfferedTool | undefined {
  return use.do === 'call' ? tools.find(({ name }) => name === use.name) : toolFor(use.do, tools);
}

/** The calls for a use, one or more; call it only with a tool that `toolOf` gave for it. */
export function wireCalls(use: ToolUse, tool: OfferedTool): readonly WireCall[] {
  if (tool.kind === 'custom') return [{ type: 'custom_tool_call', name: tool.name, input: rawInput(use) }];
  if (tool.kind === 'built-in') return builtInCalls(use);
  const given = use.do === 'call' ? use.arguments : JSON.stringify(functionArguments(use, tool));
  return [{ type: 'function_call', name: tool.name, arguments: given }];
}

function builtInCalls(use: ToolUse): readonly WireCall[] {
  if (use.do === 'patch') {
    return operationsOf(use.patch).map((operation) => ({ type: 'apply_patch_call', operation }));
  }
  // Several commands stand in lines of their own.
  const commands = rawInput(use).split('\n');
  const action = { commands, timeout_ms: null, max_output_length: null };
  return [{ type: 'shell_call', action, environment: { type: 'local' } }];
}

/** A patch in Codex's grammar, file by file. */
function operationsOf(patch: string): readonly PatchOperation[] {
  const parts = patch.split(/^\*\*\* (?=(?:Add|Update|Delete) File: )/m).slice(1);
  return parts.map((part): PatchOperation => {
    const [, what, path = ''] = /^(Add|Update|Delete) File: (.*)/.exec(part) ?? [];
    const diff = part.slice(part.indexOf('\n') + 1).replace(/^\*\*\* End Patch\n?$/m, '');
    if (what === 'Delete') return { type: 'delete_file', path };
    return { type: what === 'Add' ? 'create_file' : 'update_file', path, diff };
  });
}

function rawInput(use: ToolUse): string {
  switch (use.do) {
    case 'run':
      return use.command;
    case 'read':
      return use.path;
    case 'patch':
      return use.patch;
    case 'plan':
      return JSON.stringify(use.steps);
    case 'poll':
      return String(use.session);
    case 'call':
      return use.arguments;
  }
}

function functionArguments(use: Extract<ToolUse, { readonly do: Ability }>, tool: OfferedTool): Fields {
  const offers = (name: string): boolean => tool.properties[name] !== undefined;
  switch (use.do) {
    case 'run': {
      const field = offers('cmd') ? 'cmd' : 'command';
      const schema = tool.properties[field];
      const asList = isFields(schema) && schema.type === 'array';
      return {
        [field]: asList ? ['bash', '-c', use.command] : use.command,
        // A login shell may reset PATH and lose the Node.js that the client runs with.
        ...(offers('login') ? { login: false } : {}),
        ...(offers('yield_time_ms') ? { yield_time_ms: YIELD_MS } : {}),
        ...(use.why !== undefined && offers('sandbox_permissions')
          ? { sandbox_permissions: 'require_escalated', justification: use.why }
          : {}),
      };
    }
    case 'read':
      return { [offers('file_path') ? 'file_path' : 'path']: use.path };
    case 'patch':
      return { [offers('input') ? 'input' : 'patch']: use.patch };
    case 'plan':
      return { plan: use.steps };
    case 'poll':
      return { session_id: use.session, chars: '', yield_time_ms: YIELD_MS };
  }
}
