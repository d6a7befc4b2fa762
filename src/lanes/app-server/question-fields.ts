import type { ApprovalAnswers, ApprovalField } from '../../model/index.ts';
import type { RequestParams } from './wire.ts';
import { field, textOf } from './wire.ts';

type Questions = RequestParams['item/tool/requestUserInput']['questions'];
type Form = { readonly fields: readonly ApprovalField[]; readonly isWhole: boolean };

export function fieldsOfQuestions(questions: Questions): readonly ApprovalField[] {
  return questions.map(({ id, header, question, isOther, isSecret, options }) => ({
    id,
    header,
    question,
    // One without options can only be typed.
    input: isOther === true || options == null || options.length === 0 ? 'text' : 'none',
    options: (options ?? []).map(({ label, description }) => ({
      ...{ value: label, label },
      description: description == null || description === '' ? null : description,
    })),
    takesMany: false,
    isRequired: true,
    isSecret: isSecret === true,
  }));
}

export function resultOfQuestions(answers: ApprovalAnswers): unknown {
  return { answers: mapped(answers, (given) => ({ answers: given })) };
}

/** The fields of a form as MCP servers declare them; not whole where one that is required is of a kind we can't ask for. */
export function formOf(schema: unknown): Form {
  const properties = field(schema, 'properties');
  if (typeof properties !== 'object' || properties === null) return { fields: [], isWhole: true };
  const required = field(schema, 'required');
  const isRequired = (id: string): boolean => Array.isArray(required) && required.includes(id);
  const read = Object.entries(properties).map(([id, property]) => [id, fieldOf(id, property, isRequired(id))] as const);
  return {
    fields: read.flatMap(([, one]) => (one === null ? [] : [one])),
    isWhole: read.every(([id, one]) => one !== null || !isRequired(id)),
  };
}

/** The form filled in, each value of the type that it is declared with. */
export function contentOf(schema: unknown, answers: ApprovalAnswers): Readonly<Record<string, unknown>> {
  return mapped(answers, (given, id) => {
    const [first = ''] = given;
    switch (field(field(field(schema, 'properties'), id), 'type')) {
      case 'array':
        return given;
      case 'boolean':
        return first === 'true';
      case 'number':
      case 'integer':
        return Number(first);
      default:
        return first;
    }
  });
}

/** What a form was filled in with, as answers. */
export function answersOfContent(content: unknown): ApprovalAnswers {
  if (typeof content !== 'object' || content === null) return {};
  const given = Object.entries(content);
  return Object.fromEntries(given.map(([id, value]) => [id, (Array.isArray(value) ? value : [value]).map(String)]));
}

function fieldOf(id: string, property: unknown, isRequired: boolean): ApprovalField | null {
  const title = textOf(field(property, 'title')) ?? '';
  const described = textOf(field(property, 'description')) ?? '';
  // One of the two is there to be read in any case.
  const said = { header: described === '' ? '' : title, question: described || title || id };
  const base = { id, ...said, options: [], takesMany: false, isRequired, isSecret: false };
  const options = optionsOf(property);
  switch (field(property, 'type')) {
    case 'string':
      return options === null ? { ...base, input: 'text' } : { ...base, input: 'none', options };
    case 'number':
      return { ...base, input: 'number' };
    case 'integer':
      return { ...base, input: 'integer' };
    case 'boolean':
      return { ...base, input: 'none', options: yesAndNo };
    case 'array': {
      const several = optionsOf(field(property, 'items'));
      return several === null ? null : { ...base, input: 'none', options: several, takesMany: true };
    }
    default:
      return null;
  }
}

const yesAndNo: ApprovalField['options'] = [
  { value: 'true', label: 'Yes', description: null },
  { value: 'false', label: 'No', description: null },
];

/** Null: it is no choice. Two ways to declare one, each with or without names for its values. */
function optionsOf(property: unknown): ApprovalField['options'] | null {
  const titled = field(property, 'oneOf') ?? field(property, 'anyOf');
  if (Array.isArray(titled)) {
    return titled.flatMap((one) => {
      const value = textOf(field(one, 'const'));
      return value === null ? [] : [{ value, label: textOf(field(one, 'title')) ?? value, description: null }];
    });
  }
  const values = field(property, 'enum');
  if (!Array.isArray(values)) return null;
  const names: unknown = field(property, 'enumNames');
  return values.map(String).map((value, index) => {
    const name: unknown = Array.isArray(names) ? names[index] : null;
    return { value, label: typeof name === 'string' ? name : value, description: null };
  });
}

function mapped<T>(
  answers: ApprovalAnswers,
  as: (given: readonly string[], id: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(answers).map(([id, given]) => [id, as(given, id)]));
}
