/**
 * Every word of the page, in English. A host in another language puts its own table, by the same keys, as JSON into
 * `data-strings` of the body. `{0}`, `{1}` … stand for arguments.
 */
const english = {
  newThread: 'New thread',
  untitled: 'New thread',
  transcript: 'Transcript',
  jumpToLatest: 'Jump to latest',
  suggestions: 'Suggestions',
  promptHeading: 'Prompt {0}',
  queuedPrompt: 'queued',
  steeredPrompt: 'sent while running',
  showWholePrompt: 'Show all',
  showLessPrompt: 'Show less',

  composerLabel: 'Prompt for Codex',
  composerPlaceholder: 'Ask Codex',
  send: 'Send',
  stop: 'Stop',
  stopping: 'Stopping…',
  queuedCount: '{0} queued',
  pickLane: 'Lane: {0}. {1}',
  pickFolder: 'Folder: {0}. Choose another folder',
  folderIs: 'Runs in {0}',
  pickSandbox: 'Sandbox and approvals: {0}. {1}',
  modelIs: 'Model: {0}',
  noFolder: 'No folder',

  askPayer: 'This thread was paid by {0}. The next turn would be paid by {1}.',
  askTrust:
    'Codex may change files in {0}. Its config.toml says nothing about this folder: codex exec leaves that so, the Codex app-server marks it as trusted.',
  askNoGit:
    '{0} is not under Git, where Codex runs only with your permission: Git can’t bring back what it changes there. A yes holds for this folder from now on.',
  notSentYet: 'Not sent yet; your text is kept.',
  sendAnyway: 'Send anyway',
  dontSend: 'Don’t send',
  why: 'Why?',
  whyLabel: 'Why? Show every gate and what opens it',

  working: 'Working',
  thinking: 'Thinking',
  writing: 'Writing',
  runningCommand: 'Running a command',
  changingFiles: 'Changing files',
  callingTool: 'Calling {0}',
  searchingWeb: 'Searching the web',
  delegating: 'Working with another agent',
  waitingForDecision: 'Waiting for a decision',
  elapsed: '{0} · {1}',

  announceStarted: 'Codex started working.',
  announceCompleted: 'Codex has finished.',
  announceFailed: 'The turn failed: {0}',
  announceInterrupted: 'The turn ended early.',
  announceQuestion: 'Not sent yet. {0} Send anyway, or press Escape.',

  thought: 'Thought',
  running: 'Running',
  ran: 'Ran',
  didNotFinish: 'did not finish',
  declined: 'declined',
  failed: 'failed',
  exitCode: 'exit {0}',
  ranIn: 'In {0}',
  output: 'Output',
  noOutput: 'No output',
  linesLeftOut: '{0} earlier lines are left out',
  moreLines: '{0} more lines',
  stateDone: 'Done',
  stateFailed: 'Failed',
  stateRunning: 'Running',
  stateCutOff: 'Did not finish',

  changing: 'Changing',
  changed: 'Changed',
  added: 'Added',
  deleted: 'Deleted',
  moved: 'Moved',
  movedFrom: 'from {0}',
  filesCount: '{0} files',
  linesAdded: '{0} lines added',
  linesRemoved: '{0} lines removed',
  showChanges: 'Show changes',

  calling: 'Calling',
  called: 'Called',
  toolArguments: 'Arguments',
  toolResult: 'Result',
  toolError: 'Error',
  toolState: 'State',
  using: 'Using',
  used: 'Used',
  searching: 'Searching',
  searched: 'Searched',
  delegatingTo: 'Delegating',
  delegated: 'Delegated',
  subagentPrompt: 'Task',
  subagentReceivers: 'To',

  plan: 'Plan',
  planProgress: '{0} of {1}',
  stepPending: 'to do',
  stepRunning: 'in progress',
  stepDone: 'done',

  approvalCommand: 'Asked to run a command',
  approvalFiles: 'Asked to change files',
  approvalMcp: 'Asked to call a tool',
  approvalPermissions: 'Asked for more permissions',
  approvalInput: 'Asked a question',
  approvalOpen: 'No decision yet',
  approvalDecided: '{0} · {1}',
  decidedByUser: 'by you',
  decidedByGrant: 'by a grant',
  decidedByPolicy: 'by policy',
  decidedByLifecycle: 'turn ended',

  warningProcess: 'Process',
  warningHistory: 'History',
  warningThread: 'Thread',
  warningConfig: 'Configuration',
  warningProvisioning: 'Setup',
  warningFrom: '{0}: {1}',

  noticeRerouted: '{1} answered instead of {0}: {2}',
  noticeStalled: 'Nothing from {0} since {1}',
  noticeCompacted: 'The conversation was shortened to fit the model ({0})',
  noticeCompactedFigures: 'The conversation was shortened to fit the model: {0} to {1} tokens ({2})',
  noticeReviewEntered: 'Review began',
  noticeReviewLeft: 'Review ended',

  unknownEvent: 'Unknown event: {0}',
  payload: 'Payload',
  rowNotShown: 'This part could not be shown.',

  failureDetails: 'Details ({0})',
  actionSetApiKey: 'Set API Key',
  actionUnlockNative: 'Unlock Codex Native Lane',
  actionRefreshStatus: 'Refresh Runtime Status',
  actionSelectLane: 'Select Lane',
  actionShowLog: 'Show Log',
  actionOpenCodexPath: 'Set Codex Path',
  actionManageTrust: 'Manage Workspace Trust',
  actionUseApi: 'Use OpenAI API Lane',
  actionUseNative: 'Use Codex Native Lane',
  actionInstallCodex: 'Install Codex CLI',
  actionUseBinary: 'Use This Binary…',
  actionRunDoctor: 'Run Codex Doctor',
  actionSetNativeKey: 'Set Key for Codex Native',
  actionChooseNativeAuth: 'Choose the Credential of Codex Native',
  actionLiftPin: 'Lift the Pin',
  actionEnableNative: 'Switch Codex Native On',

  stoppedByUser: 'Stopped by you',
  endedByShutdown: 'Ended: the window closed',
  endedByTimeout: 'Ended: no answer in time',

  ranCommand: 'Ran 1 command',
  ranCommands: 'Ran {0} commands',
  changedFile: 'Changed 1 file',
  changedFiles: 'Changed {0} files',
  ranAndChangedFile: '{0}, changed 1 file',
  ranAndChangedFiles: '{0}, changed {1} files',

  laneApi: 'API',
  laneNative: 'Native',
  laneAuto: 'Auto',
  laneNone: 'No lane',
  tokensInOut: '{0} in, {1} out',
  tokensUnknown: 'tokens not told',
  modelAskedOnly: '{0} (asked)',
  modelNotAsked: '{0} (asked: {1})',
  modelDefault: 'default model',
  receipt: 'Receipt',
  factLane: 'Lane',
  factLaneAsked: '{0} (asked: {1})',
  factDecision: 'Decision',
  factTransport: 'Transport',
  factProgram: 'Program',
  factProgramValue: '{0} · {1} · found by {2}',
  factEndpoint: 'Endpoint',
  factPayer: 'Paid by',
  factPayerValue: '{0} · from {1}',
  factPayerNobody: 'nobody: {0} takes no credential',
  factModelAsked: 'Model asked',
  factModelServed: 'Model served',
  servedNotTold: 'not told by {0}',
  servedNotAsked: '{0}, not the one that was asked',
  copyReceiptMarkdown: 'Copy as Markdown',
  copyReceiptJson: 'Copy as JSON',
  factEffort: 'Effort',
  factFolder: 'Folder',
  factSandbox: 'Sandbox',
  factApprovals: 'Approvals',
  factTokens: 'Tokens',
  factTokensValue: '{0} in ({1} cached), {2} out ({3} reasoning)',
  factTokensFrom: 'Figures from',
  factTime: 'Time',
  factTimeValue: '{0} in all, {1} queued, first event after {2}, first text after {3}',
  factWarnings: 'Warnings',
  factExitCode: 'Exit code',
  factEndedWith: 'Ended with',
  factThread: 'Native thread',
  factKept: 'Kept by the runtime',
  factHistory: 'History',
  factSeal: 'Seal',
  unknownValue: 'unknown',

  seconds: '{0} s',
  minutes: '{0} min {1} s',
  thousands: '{0}k',
  millions: '{0}M',

  copyCode: 'Copy code',
  copyOutput: 'Copy output',
  imageNamed: 'Image: {0}',
  opensHost: 'Opens {0}',
  opensFile: 'Opens {0} in the editor',

  viewFailed: 'The chat could not be drawn.',
  viewRetry: 'Draw it again',
} as const;

export type StringKey = keyof typeof english;

let table: Readonly<Record<string, string>> = english;

/** Puts a translated table over the English one; what it lacks stays English. Malformed JSON changes nothing. */
export function loadStrings(json: string | undefined): void {
  table = english;
  if (json === undefined || json === '') return;
  try {
    const read: unknown = JSON.parse(json);
    if (typeof read !== 'object' || read === null) return;
    const words = Object.entries(read).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    table = { ...english, ...Object.fromEntries(words) };
  } catch {
    // The host writes this attribute; English words are better than none.
  }
}

/** The words for `key`, with its arguments put in. */
export function t(key: StringKey, ...args: readonly (string | number)[]): string {
  const words = table[key] ?? english[key];
  return words.replace(/\{(\d)\}/g, (place, index) => String(args[Number(index)] ?? place));
}

export const stringKeys = Object.keys(english) as readonly StringKey[];
