export { createSession, refusalText, type Session, type SessionThread } from './session.ts';
