export { createApiKeys } from './api-keys.ts';
export { createPracticeSwitch, type PracticeState } from './practice-switch.ts';
export { runtimeActions } from './runtime-actions.ts';
