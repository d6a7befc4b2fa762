export { createApiKeys } from './api-keys.ts';
export { checkAttachment } from './check-attachment.ts';
export { newDigest } from './digest.ts';
export { type KeptImageType, keepImage } from './kept-images.ts';
export { lazyTranscript } from './lazy-transcript.ts';
export { createPracticeSwitch, type PracticeState } from './practice-switch.ts';
export { type InstallPlan, runtimeActions } from './runtime-actions.ts';
export { endpointFacts, standingInputs } from './standing.ts';
export { superviseProcesses } from './supervision.ts';
