export { AppServerReplay } from './replay.ts';
