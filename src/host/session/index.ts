export { type Chats, createChats } from './chats.ts';
export { refusalText, type Session, type SessionThread } from './session.ts';
