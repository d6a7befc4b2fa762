export { Actions } from './actions.ts';
