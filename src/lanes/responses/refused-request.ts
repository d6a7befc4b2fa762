import * as z from 'zod';

/** What a refused request's answer says of the request. */
export type RefusedRequest = {
  readonly status: number;
  /** The endpoint's own code, lower case; empty = none. */
  readonly code: string;
  /** Paths of what it does not take, as `tools.0.type`; most exact first. */
  readonly params: readonly string[];
  /** Its words. */
  readonly message: string;
};

const text = z.string().nullish().catch(null);
const place = z.union([z.string(), z.number()]);
/** An issue of a checker: zod's `path`, pydantic's `loc`. */
const issue = z.looseObject({
  path: z.array(place).nullish().catch(null),
  loc: z.array(place).nullish().catch(null),
  msg: text,
  message: text,
});
const told = z.looseObject({
  message: text,
  param: text,
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  type: text,
  // OpenRouter hands on what the provider behind it said.
  metadata: z.looseObject({ raw: z.unknown().optional() }).nullish().catch(null),
});
const body = z.looseObject({
  error: z.union([told, z.string()]).nullish().catch(null),
  // FastAPI: a sentence, or the issues of pydantic.
  detail: z
    .union([z.string(), z.array(issue)])
    .nullish()
    .catch(null),
  message: text,
  param: text,
});

const maxNested = 3;
const maxParams = 20;

/** Reads the body of a refusal: OpenAI's shape, FastAPI's, a bare sentence, and what is nested in them. Never throws. */
export function readRefusedRequest(status: number, answer: string): RefusedRequest {
  const params: string[] = [];
  const words: string[] = [];
  let code = '';

  const issues = (list: readonly z.infer<typeof issue>[]): void => {
    for (const one of list) {
      const path = (one.loc ?? one.path ?? []).map(String);
      params.push((path[0] === 'body' ? path.slice(1) : path).join('.'));
      words.push(one.msg ?? one.message ?? '');
    }
  };
  const sentence = (said: string | null | undefined, depth: number): void => {
    if (!said) return;
    const nested = depth < maxNested ? jsonIn(said) : undefined;
    if (nested === undefined) words.push(said);
    else value(nested, depth + 1);
  };
  const value = (found: unknown, depth: number): void => {
    const list = z.array(issue).safeParse(found);
    if (list.success) issues(list.data);
    else if (typeof found === 'string') sentence(found, depth);
    else fields(found, depth);
  };
  const fields = (found: unknown, depth: number): void => {
    const { data } = body.safeParse(found);
    if (data === undefined) return;
    const error = typeof data.error === 'string' ? null : data.error;
    if (typeof data.error === 'string') sentence(data.error, depth);
    if (error) {
      code ||= String(error.code ?? error.type ?? '').toLowerCase();
      if (error.param) params.push(error.param);
      // What stands behind is more exact than what is said of it.
      if (depth < maxNested) value(error.metadata?.raw, depth + 1);
      sentence(error.message, depth);
    }
    if (typeof data.detail === 'string') sentence(data.detail, depth);
    else if (data.detail) issues(data.detail);
    if (data.param) params.push(data.param);
    sentence(data.message, depth);
  };

  value(jsonIn(answer) ?? answer, 0);
  const paths = params.map((one) =>
    one
      .replaceAll(/\[(\w+)\]/g, '.$1')
      .replaceAll(/['"`]/g, '')
      .toLowerCase(),
  );
  return {
    status,
    code,
    params: [...new Set(paths.filter((one) => one !== ''))].slice(0, maxParams),
    message: words.filter((one) => one !== '').join(' '),
  };
}

function jsonIn(said: string): unknown {
  const start = said.trimStart();
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined;
  try {
    return JSON.parse(start) ?? undefined;
  } catch {
    return undefined;
  }
}
