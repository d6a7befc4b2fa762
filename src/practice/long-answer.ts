const WORDS =
  'lane turn thread item gate receipt approval sandbox folder patch command output stream chunk paint cursor window editor branch merge'.split(
    ' ',
  );

const SAMPLES: readonly (readonly [language: string, code: string])[] = [
  ['js', `export function greet(name = 'world') {\n  return 'Hello, ' + name;\n}`],
  ['python', 'def greet(name: str = "world") -> str:\n    return f"Hello, {name}!"'],
  ['rust', 'fn greet(name: &str) -> String {\n    format!("Hello, {name}!")\n}'],
  ['diff', '-return MONTHS[month];\n+return MONTHS[month - 1];'],
  ['json', '{\n  "name": "sample",\n  "tags": ["a", "b"]\n}'],
  ['sh', 'node --test | tail -n 3'],
];

/** Scripts and marks that break naive code: wide, joined, right-to-left, combining, and HTML that must stay text. */
const HARD = [
  'Grüße, naïve café, Ελληνικά, Кириллица',
  '日本語の文章。 한국어 문장. 中文句子。',
  'שלום עולם and مرحبا بالعالم inside a line',
  '👩‍👩‍👧‍👦 👍🏽 🇨🇭 e\u0301 ﷽ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  '<b>not bold</b> <script>alert(1)</script> &amp; `<img>`',
];

const SECTIONS = 12;

/** About 20 KB of Markdown with every block kind a chat shows. The same text each time. */
export function longAnswer(): string {
  const parts = ['# A long answer', 'Twelve sections, to see how a long answer scrolls, wraps and paints.'];
  for (let section = 1; section <= SECTIONS; section++) parts.push(...sectionParts(section));
  parts.push('---', 'That is the end of the long answer.');
  return parts.join('\n\n');
}

function sectionParts(n: number): readonly string[] {
  const [language, code] = SAMPLES[n % SAMPLES.length] ?? ['text', ''];
  const parts = [
    `## ${n}. ${title(n)}`,
    prose(n, 70),
    `- ${prose(n + 1, 9)}\n- **Bold**, *italic*, ~~struck~~ and \`inline code ${n}\`\n  - nested: ${prose(n + 2, 7)}\n    1. deeper\n    2. deepest`,
    `\`\`\`${language}\n${code}\n\`\`\``,
    prose(n * 3, 50),
    HARD[n % HARD.length] ?? '',
  ];
  if (n % 2 === 0) parts.push(table(n));
  if (n % 3 === 0) parts.push(`> ${prose(n + 5, 25)}\n>\n> ${prose(n + 6, 12)}`);
  if (n % 4 === 0) parts.push(`- [x] ${prose(n, 5)}\n- [ ] ${prose(n + 1, 5)}`);
  if (n % 5 === 0) parts.push(`See [a link](https://example.com/${n}) and https://example.com/bare/${n}.`);
  return parts;
}

function title(n: number): string {
  return `The ${word(n)} and the ${word(n * 7 + 3)}`;
}

function prose(seed: number, count: number): string {
  const words = Array.from({ length: count }, (_, index) => {
    const chosen = word(seed * 31 + index * index * 7 + index * 3);
    return index % 11 === 10 ? `${chosen},` : chosen;
  });
  const whole = words.join(' ').replace(/,$/, '');
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}.`;
}

function word(n: number): string {
  return WORDS[n % WORDS.length] ?? '';
}

function table(n: number): string {
  const rows = Array.from(
    { length: 5 },
    (_, row) => `| ${word(n + row)} | ${(n * 37 + row * 11) % 100} | ${prose(n + row, 6)} |`,
  );
  return ['| Name | Count | Note |', '| :--- | ---: | --- |', ...rows].join('\n');
}
