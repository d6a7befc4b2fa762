import type { Fields } from './fields.ts';
import { isFields, list, text } from './fields.ts';

const DEEPEST = 12;

/** The schema of `text.format` where the answer is to fit one, else null. */
export function wantedSchema(body: Fields): Fields | null {
  const format = isFields(body.text) && isFields(body.text.format) ? body.text.format : null;
  return format?.type === 'json_schema' && isFields(format.schema) ? format.schema : null;
}

/** JSON that fits a schema of the kind that OpenAI takes; the first free string in it is `words`. */
export function fitted(schema: Fields, words: string): string {
  let said = false;
  const free = (): string => {
    if (said) return 'practice';
    said = true;
    return words;
  };

  function resolved(given: Fields): Fields {
    const path = /^#\/(.+)$/.exec(text(given.$ref) ?? '')?.[1];
    if (path === undefined) return given;
    let at: unknown = schema;
    for (const name of path.split('/')) at = isFields(at) ? at[name] : undefined;
    return isFields(at) ? at : {};
  }

  function value(given: unknown, depth: number): unknown {
    if (!isFields(given) || depth > DEEPEST) return null;
    const one = resolved(given);
    if (one.const !== undefined) return one.const;
    if (Array.isArray(one.enum)) return one.enum[0] ?? null;
    const choice = [...list(one.anyOf), ...list(one.oneOf)][0];
    if (choice !== undefined) return value(choice, depth + 1);
    const type = Array.isArray(one.type) ? one.type[0] : one.type;
    switch (type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(isFields(one.properties) ? one.properties : {}).map(([name, of]) => [
            name,
            value(of, depth + 1),
          ]),
        );
      case 'array':
        return Array.from({ length: Math.max(1, number(one.minItems) ?? 1) }, () => value(one.items, depth + 1));
      case 'string':
        return free();
      case 'boolean':
        return true;
      case 'integer':
      case 'number':
        return number(one.minimum) ?? 0;
      default:
        return null;
    }
  }

  return JSON.stringify(value(schema, 0));
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
