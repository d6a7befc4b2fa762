export { redactEvent, redactText } from './redact.ts';
export { createTranscript, type TranscriptDeps } from './transcript.ts';
