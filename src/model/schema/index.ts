export { logEventSchema, parseLogLine, type ReadLogLine } from './events.ts';
export { maxRawPayload, rawPayload } from './raw-payload.ts';
