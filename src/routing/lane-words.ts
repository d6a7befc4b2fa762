import type {
  BackendOption,
  BinaryFact,
  LaneInputs,
  ProviderStatus,
  StatusDocument,
  VerificationState,
} from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { Copy, CopyCode } from './copy.ts';
import { copy, copyOfText } from './copy.ts';
import { helpsFor } from './gate-help.ts';
import type { StatusFacts } from './status-lines.ts';
import { isUnchecked, isUntrusted, labelOf, optionOf, resolvedChip, runtimeLine } from './status-lines.ts';

/** The short words of a lane, for the status bar alone, and what every surface needs beside them. `icon` is a codicon's name. */
export type LaneWords = Copy & {
  readonly icon: string;
  /** Lines of the tooltip: what is selected, what that resolves to, how it stands and why. */
  readonly tooltip: readonly Copy[];
  /** Set where the practice endpoint answers: shown beside the words, always. */
  readonly practice: Copy | null;
  /** True when a prompt sent now would not run as things stand. */
  readonly blocked: boolean;
  /** The one action that helps; null = all is well, or nothing of ours does. */
  readonly action: ActionId | null;
  /** All that helps, the most helpful first; empty exactly where `action` is null. */
  readonly actions: readonly ActionId[];
};

type Short = readonly [icon: string, code: CopyCode];

export function laneWords({ document, inputs }: StatusFacts): LaneWords {
  const { codex } = document.providers;
  const option = optionOf(codex, codex.selectedBackendId);
  const [icon, code] = option === undefined ? unknownLane : short(codex, option, inputs);
  const actions = option === undefined ? (['refreshStatus'] as const) : helpsFor(option.id, inputs);
  return {
    icon,
    ...copy(code),
    tooltip: tooltip(document, option),
    practice: practiceLabel(document),
    blocked: option === undefined || !option.available || !option.selectable,
    action: actions[0] ?? null,
    actions,
  };
}

/** The text of a status bar entry: icon, words and, where it answers, the practice endpoint's name. */
export function barText(lane: LaneWords, say: (words: Copy) => string = (words) => words.english): string {
  const practice = lane.practice === null ? '' : ` · ${say(lane.practice)}`;
  return `$(${lane.icon}) ${say(lane)}${practice}`;
}

/** `practice (offline)` where the backend that would answer is called so; null elsewhere. */
function practiceLabel({ providers: { codex } }: StatusDocument): Copy | null {
  const practice = copy('bar.practice');
  return codex.backend?.endpointLabel?.includes(practice.english) ? practice : null;
}

const unknownLane: Short = ['question', 'option.not-checked'];

function short(provider: ProviderStatus, option: BackendOption, inputs: LaneInputs): Short {
  if (isUntrusted(provider)) return ['shield', 'bar.untrusted'];
  const lane = option.id === 'codex-native' ? 'native' : option.id;
  if (isUnchecked(option)) return ['question', `bar.${lane}.not-checked`];
  if (lane === 'native') {
    return shortNative(option, provider.verificationState === 'error', inputs.native.binary);
  }
  return shortApi(lane, option, provider.verificationState);
}

function shortNative({ state }: BackendOption, refused: boolean, binary: BinaryFact): Short {
  switch (state) {
    case 'locked':
      return ['lock', 'bar.native.locked'];
    case 'disabled':
      return ['circle-slash', 'bar.native.disabled'];
    case 'runtime-missing':
      // There is a program, and it is no Codex that can be used: to say `not found` would send the user the wrong way.
      return binary.kind === 'missing' && binary.problem !== 'not-found'
        ? ['circle-slash', 'bar.native.unusable']
        : ['circle-slash', 'bar.native.missing'];
    case 'authentication-required':
      return ['key', 'bar.native.sign-in'];
    case 'ready':
    case 'degraded':
      if (refused) return ['warning', 'bar.native.setup'];
      return state === 'ready' ? ['terminal', 'bar.native'] : ['warning', 'bar.native.degraded'];
  }
}

function shortApi(lane: 'auto' | 'api', { state }: BackendOption, verification: VerificationState): Short {
  if (state === 'authentication-required') return ['key', `bar.${lane}.key-needed`];
  if (verification === 'error') return ['key', `bar.${lane}.refused`];
  if (state !== 'degraded') return ['cloud', `bar.${lane}`];
  return ['warning', verification === 'offline' ? `bar.${lane}.offline` : `bar.${lane}.degraded`];
}

function tooltip(document: StatusDocument, option: BackendOption | undefined): readonly Copy[] {
  const { codex } = document.providers;
  const chip = resolvedChip(document);
  const reasons = [codex.statusMessage, codex.detailMessage, option?.statusMessage, option?.detailMessage];
  const endpoint = codex.backend?.endpointLabel;
  const lines = [
    runtimeLine(document),
    ...(option?.id === 'auto' ? [labelOf(codex, option)] : []),
    ...(chip === null ? [] : [chip]),
    ...reasons.filter((text) => text !== null && text !== undefined).map(copyOfText),
    ...(endpoint === null || endpoint === undefined ? [] : [copyOfText(endpoint)]),
  ];
  return lines.filter((line, index) => lines.findIndex((other) => other.english === line.english) === index);
}
