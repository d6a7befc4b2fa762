export { parseLogLine, type ReadLogLine } from './events.ts';
export { readGrants, writtenGrants } from './grants.ts';
export { readEndpoints, writtenEndpoints } from './known-endpoints.ts';
export { rawPayload } from './raw-payload.ts';
export { type ReadStatusDocument, readStampedStatus, readStatusDocument, statusDocumentSchema } from './status.ts';
