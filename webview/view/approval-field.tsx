import type { JSX } from 'preact';
import type { ApprovalField } from '../../src/model/index.ts';
import { wrongAnswers } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { visible } from './visible.ts';

/** What stands in a field: the options that were taken, and what was typed. */
export type Filled = { readonly picked: readonly string[]; readonly typed: string };

const nothing: Filled = { picked: [], typed: '' };

/** What a field answers; empty = nothing. */
export function answerOf({ takesMany, input }: ApprovalField, { picked, typed }: Filled = nothing): readonly string[] {
  const text = input === 'text' ? typed : typed.trim();
  if (text === '') return picked;
  return takesMany ? [...picked, text] : [text];
}

export function isFilled(field: ApprovalField, value: Filled | undefined): boolean {
  const given = answerOf(field, value);
  return wrongAnswers([field], given.length === 0 ? {} : { [field.id]: given }).length === 0;
}

type FieldProps = {
  readonly name: string;
  readonly field: ApprovalField;
  readonly value: Filled | undefined;
  readonly isWrong: boolean;
  readonly onChange: (value: Filled) => void;
};

/** One question: options to take, a text, or both. */
export function ApprovalFieldView(props: FieldProps): JSX.Element {
  const { field, isWrong } = props;
  const { header, question, options, input, isRequired } = field;
  const asked = (
    <>
      {header !== '' && <strong>{visible(header)} </strong>}
      {visible(question)}
      {!isRequired && <span class="note"> {t('fieldOptional')}</span>}
    </>
  );
  if (options.length === 0) {
    return (
      // biome-ignore lint/a11y/noLabelWithoutControl: the input stands in it
      <label class="field">
        <span>{asked}</span>
        <Typed {...props} label={null} />
      </label>
    );
  }
  return (
    <fieldset class="field" aria-invalid={isWrong}>
      <legend>{asked}</legend>
      {options.map((option) => (
        <Option key={option.value} {...props} option={option} />
      ))}
      {input !== 'none' && <Typed {...props} label={t('fieldOther')} />}
    </fieldset>
  );
}

function Option(props: FieldProps & { readonly option: ApprovalField['options'][number] }): JSX.Element {
  const { name, field, value = nothing, option, onChange } = props;
  const { takesMany } = field;
  const take = (checked: boolean): void => {
    const others = takesMany ? value.picked.filter((one) => one !== option.value) : [];
    // What was typed is another answer than an option.
    onChange({ picked: checked ? [...others, option.value] : others, typed: takesMany ? value.typed : '' });
  };
  return (
    <label class="option">
      <input
        type={takesMany ? 'checkbox' : 'radio'}
        name={name}
        checked={value.picked.includes(option.value)}
        onChange={({ currentTarget }) => take(currentTarget.checked)}
      />
      <span>
        {visible(option.label)}
        {option.description !== null && <span class="note"> {visible(option.description)}</span>}
      </span>
    </label>
  );
}

function Typed(props: FieldProps & { readonly label: string | null }): JSX.Element {
  const { field, value = nothing, isWrong, label, onChange } = props;
  const isNumber = field.input === 'number' || field.input === 'integer';
  const common = {
    class: 'field-text',
    autocomplete: 'off',
    spellcheck: false,
    'aria-label': label ?? undefined,
    'aria-invalid': isWrong,
    placeholder: label ?? undefined,
    value: value.typed,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
      const typed = currentTarget.value;
      onChange({ picked: field.takesMany || typed === '' ? value.picked : [], typed });
    },
  } as const;
  if (field.isSecret) return <input type="password" {...common} />;
  return <input type="text" inputMode={isNumber ? 'decimal' : undefined} {...common} />;
}
