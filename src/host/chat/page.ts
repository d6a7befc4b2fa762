/** What the page is made of: addresses as the editor serves them. */
export type PageParts = {
  readonly viewId: string;
  /** A view of the side bar has a title with buttons of the editor; a tab has none, and the page shows them itself. */
  readonly place: 'side-bar' | 'tab';
  readonly nonce: string;
  /** Where the editor serves local files from. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** A BCP 47 tag, and the way its letters go. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  /** The page's words by key. */
  readonly strings: Readonly<Record<string, unknown>>;
};

/** The chat page. It shows what models and programs wrote: nothing runs there but our own script, nothing is fetched. */
export function chatPage(parts: PageParts): string {
  const { viewId, place, nonce, source, script, style, language, direction, strings } = parts;
  const policy = [
    "default-src 'none'",
    `style-src ${source}`,
    `font-src ${source}`,
    // Images that a message holds itself; none is loaded from anywhere.
    'img-src data:',
    `script-src 'nonce-${nonce}'`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<title>Chat</title>
<link rel="stylesheet" href="${attribute(style)}">
</head>
<body data-view-id="${attribute(viewId)}" data-place="${place}" data-strings="${attribute(JSON.stringify(strings))}">
<div id="root"></div>
<script type="module" nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
