export { folderNamed, type Refusal, refusalOf } from './folder.ts';
export { createSession, refusalText, type Session, type SessionThread } from './session.ts';
