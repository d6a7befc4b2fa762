import type { Token } from './code-line.ts';

/** The classes of highlight.js, put together to as many colours as the editor's theme has variables for. */
const tokens: Readonly<Record<string, Token>> = {
  'hljs-comment': 'comment',
  'hljs-quote': 'comment',
  'hljs-doctag': 'comment',
  'hljs-keyword': 'keyword',
  'hljs-literal': 'keyword',
  'hljs-operator': 'keyword',
  'hljs-section': 'keyword',
  'hljs-selector-tag': 'keyword',
  'hljs-string': 'string',
  'hljs-regexp': 'string',
  'hljs-char': 'string',
  'hljs-code': 'string',
  'hljs-link': 'string',
  'hljs-number': 'number',
  'hljs-symbol': 'number',
  'hljs-bullet': 'number',
  'hljs-title': 'function',
  'hljs-built_in': 'function',
  'hljs-type': 'type',
  'hljs-class': 'type',
  'hljs-attr': 'name',
  'hljs-attribute': 'name',
  'hljs-property': 'name',
  'hljs-variable': 'name',
  'hljs-template-variable': 'name',
  'hljs-selector-class': 'name',
  'hljs-selector-id': 'name',
  'hljs-selector-attr': 'name',
  'hljs-selector-pseudo': 'name',
  'hljs-meta': 'tag',
  'hljs-name': 'tag',
  'hljs-tag': 'tag',
  'hljs-addition': 'added',
  'hljs-deletion': 'removed',
};

/** The colour of an element of highlight.js with these classes; null = that of its surroundings. */
export function tokenOf(classes: readonly string[]): Token | null {
  const token = tokens[classes[0] ?? ''] ?? null;
  return token === 'function' && classes.includes('class_') ? 'type' : token;
}
