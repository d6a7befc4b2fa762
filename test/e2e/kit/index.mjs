// The kit of the end-to-end tests: a session (server, practice room, workspace), its windows, and what is seen in them.
export { ChatView } from './chat-view.mjs';
export { badCodex, silence, spyCodex } from './codex-scripts.mjs';
export { everyProcess, isAlive, processesNamed } from './processes.mjs';
export { filesWith, wordsIn } from './search.mjs';
export { openInteractive, openSession, packagedVsix } from './session.mjs';
export { until } from './until.mjs';
export { Workbench } from './workbench.mjs';
