/** `limits: 92`, `limits: 92 until 1795291393` (seconds since the epoch): how much of a limit of 5 hours is used. */
const ASKED = /^limits:\s*(\d{1,3})(?:\s+until\s+(\d{1,12}))?/i;

export interface AskedLimits {
  readonly usedPercent: number;
  /** Seconds since the epoch. */
  readonly until: number | null;
}

/** The limits that a prompt asks to be told of, or null. */
export function limitsIn(prompts: readonly string[]): AskedLimits | null {
  for (const prompt of prompts) {
    const match = ASKED.exec(prompt);
    if (match === null) continue;
    return { usedPercent: Number(match[1]), until: match[2] === undefined ? null : Number(match[2]) };
  }
  return null;
}

/** As the endpoints of ChatGPT and of the API say it: in headers, each in its own words. */
export function limitHeaders({ usedPercent, until }: AskedLimits): Readonly<Record<string, string>> {
  const left = String(Math.max(0, 100 - usedPercent));
  return {
    'x-codex-primary-used-percent': String(usedPercent),
    'x-codex-primary-window-minutes': '300',
    ...(until === null ? {} : { 'x-codex-primary-reset-at': String(until) }),
    'x-ratelimit-limit-requests': '100',
    'x-ratelimit-remaining-requests': left,
    'x-ratelimit-reset-requests': '1h0m0s',
  };
}
