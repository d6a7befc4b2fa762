export { CodeText } from './code-text.tsx';
