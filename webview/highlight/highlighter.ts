import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import scss from 'highlight.js/lib/languages/scss';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import type { CodeLine, CodeRun, Token } from './code-line.ts';
import { tokenOf } from './token-of.ts';

// A chunk of its own: no page pays for it before it shows code. Grammars that others embed (xml, css) come with them.
const low = createLowlight({
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, lua, makefile, markdown },
  ...{ php, powershell, python, ruby, rust, scss, shell, sql, swift, typescript, xml, yaml },
});

type Node = ReturnType<typeof low.highlight>['children'][number];

/** Lines of coloured runs; null for a language that is not known here. The runs joined are `code` itself. */
export function highlight(code: string, language: string): readonly CodeLine[] | null {
  if (!low.registered(language)) return null;
  const lines: CodeRun[][] = [[]];
  for (const node of low.highlight(language, code).children) collect(node, null, lines);
  return lines;
}

function collect(node: Node, token: Token | null, lines: CodeRun[][]): void {
  if (node.type === 'element') {
    const { className } = node.properties;
    const own = Array.isArray(className) ? tokenOf(className.map(String)) : null;
    for (const child of node.children) collect(child, own ?? token, lines);
  } else if (node.type === 'text') {
    for (const [index, text] of node.value.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') push(lines.at(-1) ?? [], text, token);
    }
  }
}

/** A run goes on where its colour does: fewer nodes in the page. */
function push(line: CodeRun[], text: string, token: Token | null): void {
  const last = line.at(-1);
  if (last !== undefined && (last.token === token || text.trim() === '')) {
    line[line.length - 1] = { text: last.text + text, token: last.token };
  } else {
    line.push({ text, token });
  }
}
