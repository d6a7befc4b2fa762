export { createApiKeys } from './api-keys.ts';
export { createPracticeSwitch, type PracticeState } from './practice-switch.ts';
export { type InstallPlan, runtimeActions } from './runtime-actions.ts';
