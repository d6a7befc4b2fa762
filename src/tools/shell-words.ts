/** What ends one command and begins another; a redirection's `&` does not. */
const operator = /^(?:&&|\|\||;;|\|&|[;|&\n(){}])/;

/**
 * The words of each simple command in a shell's text, quotes taken off. It knows neither substitutions nor here-documents:
 * enough to name what a command runs, and not enough to decide what it may.
 */
export function simpleCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === "'" || char === '"') {
      const end = closing(text, at + 1, char);
      const inside = text.slice(at + 1, end);
      word = (word ?? '') + (char === '"' ? inside.replace(/\\(["\\$`])/g, '$1') : inside);
      at = end + 1;
    } else if (char === '\\') {
      // A line that goes on.
      if (text[at + 1] !== '\n') word = (word ?? '') + (text[at + 1] ?? '');
      at += 2;
    } else if (char === '#' && word === null) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (char === ' ' || char === '\t' || char === '\r') {
      endWord();
      at += 1;
    } else if (/^(?:\d*[<>]&|&>)/.test(text.slice(at, at + 12)) && (word === null || /^\d+$/.test(word))) {
      endWord();
      at += /^(?:\d*[<>]&|&>)/.exec(text.slice(at, at + 12))?.[0].length ?? 1;
    } else {
      const found = operator.exec(text.slice(at, at + 2))?.[0];
      if (found === undefined || (/[{}]/.test(found) && word !== null)) {
        word = (word ?? '') + char;
        at += 1;
      } else {
        endCommand();
        at += found.length;
      }
    }
  }
  endCommand();
  return commands;
}

function closing(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}
