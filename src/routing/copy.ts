/** Words for a user: a host translates by `code` and fills `args` in; `english` is the same, ready to show. */
export type Copy = { readonly code: CopyCode; readonly args: readonly string[]; readonly english: string };

/** Every user-visible word of routing, once. `{0}`, `{1}` are filled in. Literal where contract runtime-status names them. */
export const copyTable = {
  verbatim: '{0}',

  'lane.auto': 'Auto',
  'lane.api': 'OpenAI API',
  'lane.codex-native': 'Codex native',
  'lane.auto.description': 'Follows the resolver: always the OpenAI API lane.',
  'lane.api.description': 'Sends each turn to a Responses-compatible endpoint; the API key pays.',
  'lane.codex-native.description': 'Runs the real Codex runtime on this machine; its own account or key pays.',
  'lane.auto.currently': 'Auto (currently: {0})',
  'lane.resolved': 'Resolved: {0}',

  'provider.native.ready': 'Codex native runtime ready',
  'provider.native.not-ready': 'Codex native runtime not ready',
  'provider.native.unavailable': 'Codex native runtime unavailable',
  'provider.native.needs-binary': 'Codex native runtime requires the codex CLI binary to be installed.',
  'provider.auto.resolved': 'Resolved to {0}',
  'provider.api.ready': 'OpenAI API ready',
  'provider.api.needs-key': 'OpenAI API needs a key',
  'provider.api.refused': 'The endpoint refused the request',
  'provider.untrusted': 'Workspace is not trusted',

  'option.not-checked': 'Not checked yet',
  'option.ready': 'Ready',
  'option.ready-internal': 'Ready for internal use',
  'option.locked': 'Ready but locked',
  'option.authentication-required': 'Authentication required',
  'option.runtime-missing': 'Codex CLI not found',
  'option.disabled': 'Disabled: {0}',
  'option.degraded': 'Ready with notes: {0}',
  'option.untrusted': 'Trust the workspace to run Codex',
  'option.add-key': 'Add an API key',
  'option.api-offline': 'Endpoint not reachable at the last check',
  'option.cannot-select': 'This backend cannot be selected yet.',

  'disabled.setting': 'switched off by {0}',
  'disabled.abilities': '{0} can not run turns for this extension: codex exec lacks {1}',
  'detail.internal': 'Internal rollout only.',
  'detail.set-key': 'Set CODEX_API_KEY.',
  'detail.set-key-or-sign-in': 'Set CODEX_API_KEY. Or sign in with: codex login',
  'detail.install': 'Install the codex CLI before enabling the lane.',
  'detail.gate-shut': 'The feature gate is shut: {0} opens it.',
  'note.probe-failed': 'status check failed',

  'badge.locked': 'Locked',
  'badge.disabled': 'Disabled',
  'badge.authentication-required': 'Auth required',
  'badge.runtime-missing': 'Runtime missing',
  'badge.degraded': 'Degraded',
  'badge.not-checked': 'Not checked yet',
  'badge.internal': 'Internal',
  'badge.recommended': 'Recommended',

  'state.ready': 'ready',
  'state.locked': 'locked',
  'state.disabled': 'disabled',
  'state.authentication-required': 'auth required',
  'state.runtime-missing': 'runtime missing',
  'state.degraded': 'degraded',
  'state.not-checked': 'not checked yet',
  'line.internal': '{0} - internal - {1}',
  'line.general': '{0} - {1}',
  'line.runtime': 'Runtime: {0}',

  'bar.auto': 'Auto → API',
  'bar.auto.key-needed': 'Auto → API: key needed',
  'bar.auto.offline': 'Auto → API offline',
  'bar.auto.refused': 'Auto → API: refused',
  'bar.auto.not-checked': 'Auto: not checked',
  'bar.api': 'API',
  'bar.api.key-needed': 'API: key needed',
  'bar.api.offline': 'API offline',
  'bar.api.refused': 'API: refused',
  'bar.api.not-checked': 'API: not checked',
  'bar.native': 'Native',
  'bar.native.locked': 'Native locked',
  'bar.native.sign-in': 'Native: sign in',
  'bar.native.missing': 'Codex not found',
  'bar.native.disabled': 'Native off',
  'bar.native.degraded': 'Native: see notes',
  'bar.native.credential': 'Native: credential problem',
  'bar.native.not-checked': 'Native: not checked',
  'bar.untrusted': 'Not trusted',
  'bar.practice': 'practice (offline)',

  'capability.plugins.lane': 'Plugins need the Codex native lane: choose it first.',
  'capability.plugins.gate': 'The plugin feature gate (codexLanes.plugins.unlock) is shut in this version.',
  'capability.native-config': 'Read from the configuration of Codex; change it there.',
  'capability.native-only': 'Only the Codex native lane has them.',

  'selection.bad': 'codexLanes.lane must be one of: auto, api, codex-native',

  'rule.selection': '{0} was asked for by {1}',
  'rule.auto': 'Auto resolves to the OpenAI API lane, whatever is unlocked or installed',
  'rule.trust.open': 'The workspace is trusted',
  'rule.trust.shut': 'The workspace is not trusted: nothing runs',
  'rule.switch.on': 'Nothing switches Codex native off',
  'rule.switch.off': 'Codex native is switched off: {0}',
  'rule.binary.found': '{0} at {1}, from {2}',
  'rule.binary.missing': 'No usable Codex CLI: {0}',
  'rule.binary.unchecked': 'The Codex CLI was not checked yet',
  'rule.credential.present': 'Codex pays with {0}, from {1}',
  'rule.credential.none': 'Codex has no credential',
  'rule.credential.issue': 'The credential of Codex has a problem: {0}',
  'rule.credential.unchecked': 'The credential of Codex was not checked yet',
  'rule.gate.open': 'Feature gate phase {0}: open ({1})',
  'rule.gate.no-unlock': 'Feature gate phase {0}: no unlock needed',
  'rule.gate.shut': 'Feature gate phase {0}: shut, {1} opens it',
  'rule.api-key.present': 'The endpoint {0} is paid with {1}, from {2}',
  'rule.api-key.keyless': 'The endpoint {0} needs no key',
  'rule.api-key.none': 'The endpoint {0} needs a key and there is none',
  'rule.api-key.unchecked': 'The key for the endpoint {0} was not looked up yet',

  'error.untrusted': 'This workspace is not trusted, so nothing runs in it.',
  'error.untrusted.hint': 'Trust the workspace to run Codex. Earlier threads stay readable.',
  'error.locked': 'Codex native is locked: its feature gate {0} is shut.',
  'error.locked.hint': 'Unlock the lane, or use the OpenAI API lane.',
  'error.disabled': 'Codex native is switched off: {0}',
  'error.disabled.hint': 'Use the OpenAI API lane, or change what switches it off.',
  'error.missing': 'Codex CLI not found.',
  'error.missing.hint': 'Install the codex CLI, or name its path in codexLanes.codex.path.',
  'error.native-credential': 'Codex native has no credential.',
  'error.api-key': 'The OpenAI API lane needs a key for {0}.',
  'error.api-key.hint': 'Add an API key.',

  'action.setApiKey': 'Set API Key',
  'action.clearApiKey': 'Clear API Key',
  'action.unlockNative': 'Unlock Codex Native Lane',
  'action.selectLane': 'Select Lane',
  'action.useApi': 'Use OpenAI API Lane',
  'action.useNative': 'Use Codex Native Lane',
  'action.useAuto': 'Use Auto',
  'action.refreshStatus': 'Refresh Runtime Status',
  'action.showLog': 'Show Log',
  'action.openCodexPath': 'Set Codex Path',
  'action.manageTrust': 'Manage Workspace Trust',

  'tree.lane': 'Lane',
  'tree.lane.selected': 'Selected',
  'tree.lane.resolved': 'Resolved',
  'tree.lane.resolved.none': 'Nothing',
  'tree.lane.why': 'Why',
  'tree.lane.endpoint': 'Endpoint',
  'tree.lane.from': 'From: {0}',
  'tree.cli': 'Codex CLI',
  'tree.cli.version': 'Version',
  'tree.cli.path': 'Path',
  'tree.cli.problem': 'What was tried',
  'tree.credentials': 'Credentials',
  'tree.credentials.api': 'API key',
  'tree.credentials.native': 'Codex credential',
  'tree.credentials.present': '{0}, from {1}',
  'tree.credentials.keyless': 'None needed',
  'tree.credentials.none': 'None',
  'tree.gates': 'Gates',
  'tree.gates.phase': 'Feature gate',
  'tree.gates.phase.value': 'Phase {0}: {1}',
  'tree.gates.unlock': 'Unlock',
  'tree.gates.unlock.open': 'Open ({0})',
  'tree.gates.unlock.shut': 'Shut ({0} opens it)',
  'tree.gates.unlock.unneeded': 'Not needed',
  'tree.gates.trust': 'Workspace trust',
  'tree.gates.trust.open': 'Trusted',
  'tree.gates.trust.shut': 'Not trusted',

  'phase.0': 'spike',
  'phase.1': 'internal unlock prepared',
  'phase.2': 'limited internal unlock',
  'phase.3': 'native-first',
  'phase.4': 'general',

  'age.checking': 'Checking …',
  'age.now': 'Checked just now',
  'age.minutes': 'Checked {0} min ago',
  'age.hours': 'Checked {0} h ago',
  'age.days': 'Checked {0} d ago',
} as const;

export type CopyCode = keyof typeof copyTable;

export function copy(code: CopyCode, ...args: readonly string[]): Copy {
  return { code, args, english: fill(copyTable[code], args) };
}

/** English only: for the status document, the trace and turn errors, which are stored as text. */
export function words(code: CopyCode, ...args: readonly string[]): string {
  return fill(copyTable[code], args);
}

/** Text of a status document as copy: under its own code where the table has it, so that a host can translate it. */
export function copyOfText(text: string): Copy {
  const code = codeOfText.get(text);
  return code === undefined ? copy('verbatim', text) : copy(code);
}

function fill(template: string, args: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (hole, index: string) => args[Number(index)] ?? hole);
}

const codeOfText: ReadonlyMap<string, CopyCode> = new Map(
  // Reversed, so that of two codes with the same English the first in the table wins.
  (Object.entries(copyTable) as [CopyCode, string][])
    .filter(([, english]) => !english.includes('{'))
    .reverse()
    .map(([code, english]) => [english, code]),
);
