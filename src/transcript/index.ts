export { createTranscript, type TranscriptDeps } from './transcript.ts';
