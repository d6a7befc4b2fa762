/** Each character that Markdown or HTML could take for markup; CommonMark takes a backslash before ASCII punctuation. */
const markup = /[\\\u0060*_{}[\]()#+\-.!|<>~&$:@]/g;
/** Controls, and what turns the direction of a line or has no width: they change what a reader sees. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A foreign text as one line of Markdown that shows it as it is: no link, no picture, no HTML. */
export function inMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(invisible, (character) => `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
    .replace(markup, '\\$&')
    .trim();
}
