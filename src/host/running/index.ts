export { createRunning, type Running, type RunningThread } from './running.ts';
export { workingText } from './working-text.ts';
