import { Type, type TSchema } from 'typebox';
import { defaultOf } from './defaults.ts';

/** What a schema asks for, in words: `a whole number, at least 64, divisible by 4`. */
export function expectationText(schema: TSchema): string {
  const words = textOf(schema, 'expects');
  if (words !== undefined) return words;
  if (Type.IsLiteral(schema)) return String(schema.const);
  if (Type.IsUnion(schema)) return unionText(schema.anyOf);
  if (Type.IsInteger(schema)) return `a whole number${limits(schema)}`;
  if (Type.IsNumber(schema)) return `a number${limits(schema)}`;
  if (Type.IsBoolean(schema)) return 'true or false';
  if (Type.IsString(schema)) return 'a text';
  if (Type.IsTuple(schema)) return `a list of ${schema.items.length}`;
  if (Type.IsArray(schema)) return `a list${countText(schema)}`;
  if (Type.IsObject(schema)) return `a group with the keys ${Object.keys(schema.properties).join(', ')}`;
  throw new TypeError('the configuration schema uses a type that has no words yet');
}

/** An annotation of a schema that is a text, such as `description` or `advice`. */
export function textOf(schema: TSchema, annotation: string): string | undefined {
  const value: unknown = Reflect.get(schema, annotation);
  return typeof value === 'string' ? value : undefined;
}

/** An annotation of a schema that is a number, such as `minimum` or `minItems`. */
export function numberOf(schema: TSchema, annotation: string): number | undefined {
  const value: unknown = Reflect.get(schema, annotation);
  return typeof value === 'number' ? value : undefined;
}

/** The value that a key has when it is left out, as it would be written in the file. */
export function defaultText(schema: TSchema): string | undefined {
  const value = defaultOf(schema);
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

function limits(schema: TSchema): string {
  const minimum = numberOf(schema, 'minimum');
  const maximum = numberOf(schema, 'maximum');
  const above = numberOf(schema, 'exclusiveMinimum');
  const step = numberOf(schema, 'multipleOf');
  const words: string[] = [];
  if (above !== undefined) words.push(`above ${above}`);
  if (minimum !== undefined && maximum !== undefined) words.push(`from ${minimum} to ${maximum}`);
  else if (minimum !== undefined) words.push(`of at least ${minimum}`);
  else if (maximum !== undefined) words.push(`of at most ${maximum}`);
  if (step !== undefined) words.push(`divisible by ${step}`);
  return words.length === 0 ? '' : ` ${words.join(', ')}`;
}

function countText(schema: TSchema): string {
  const least = numberOf(schema, 'minItems');
  const most = numberOf(schema, 'maxItems');
  if (least !== undefined && least === most) return ` of exactly ${least}`;
  if (least !== undefined) return ` of at least ${least}`;
  return most === undefined ? '' : ` of at most ${most}`;
}

function unionText(members: readonly TSchema[]): string {
  const choices = members.map(expectationText);
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}
