export { redactEvent, redactText } from './redact.ts';
export { type TranscriptRow, transcriptRows } from './rows.ts';
export { createTranscript, type TranscriptDeps } from './transcript.ts';
