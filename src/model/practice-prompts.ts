/**
 * Prompts that the practice endpoint knows by heart: in its own words, so in no other language. A test holds them against
 * its scripts.
 */
export const practicePrompts = {
  /** The first three need the tools of the native lane, and a project for the test runner of Node.js. */
  runTests: 'Run the tests',
  addTest: 'Add a test',
  explain: (path: string) => `Explain ${path}`,
  longAnswer: 'Long answer',
  hello: 'Say: hello from the practice endpoint',
} as const;

/** Whether `explain` may name a file: the endpoint puts the path into a command. */
export function practiceCanName(path: string): boolean {
  return /^(?:[\w][\w.-]*\/)*[\w][\w.-]*\.[a-z]{1,5}$/i.test(path) && !path.includes('..');
}
