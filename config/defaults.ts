import {
  Type,
  type Static,
  type TArray,
  type TObject,
  type TOptional,
  type TSchema,
  type TUnion,
} from 'typebox';
import { Check } from 'typebox/value';

/** A key that may be left out of the file and then has a value all the same. */
export type Defaulted<Schema extends TSchema = TSchema> = TOptional<Schema> & { readonly default: unknown };

/**
 * What is known once the defaults are filled in: the file's type, but keys made by {@link withDefault} are always there.
 * Keys that are optional without a default stay optional.
 */
export type Resolved<Schema extends TSchema> =
  Schema extends TObject<infer Properties>
    ? Flat<
        {
          readonly [
            Key in keyof Properties as Properties[Key] extends TOptional
              ? Properties[Key] extends Defaulted
                ? Key
                : never
              : Key
          ]: Resolved<Properties[Key]>;
        } & {
          readonly [
            Key in keyof Properties as Properties[Key] extends TOptional
              ? Properties[Key] extends Defaulted
                ? never
                : Key
              : never
          ]?: Resolved<Properties[Key]>;
        }
      >
    : Schema extends TArray<infer Items>
      ? readonly Resolved<Items>[]
      : Schema extends TUnion<infer Members>
        ? ResolvedMember<Members[number]>
        : Readonly<Static<Schema>>;

type ResolvedMember<Member> = Member extends TSchema ? Resolved<Member> : never;
type Flat<Group> = { [Key in keyof Group]: Group[Key] };

/** Makes a key optional in the file; where it is left out, it has `value`. */
export function withDefault<Schema extends TSchema, const Value>(
  schema: Schema,
  value: Value,
): ReturnType<typeof Type.Optional<Schema>> & { readonly default: Value } {
  return Object.assign(Type.Optional(schema), { default: value });
}

/**
 * Fills every default into a copy of `value`, also inside groups that were left out.
 * @param onText sees every text with its schema and answers what takes its place
 */
export function fillDefaults(
  schema: TSchema,
  value: unknown,
  onText: (schema: TSchema, text: string) => string,
): unknown {
  if (typeof value === 'string') return onText(textBranch(schema), value);
  if (Type.IsUnion(schema)) {
    const taken = schema.anyOf.find((member) => Check(member, value));
    return taken === undefined ? value : fillDefaults(taken, value, onText);
  }
  if (Type.IsArray(schema) && Array.isArray(value)) {
    return value.map((item: unknown) => fillDefaults(schema.items, item, onText));
  }
  if (Type.IsObject(schema) && isGroup(value)) {
    const filled: [string, unknown][] = [];
    for (const [key, property] of Object.entries(schema.properties)) {
      const given = Object.hasOwn(value, key) ? value[key] : defaultOf(property);
      if (given !== undefined) filled.push([key, fillDefaults(property, given, onText)]);
    }
    return Object.fromEntries(filled);
  }
  return value;
}

/** Whether `value` obeys the schema with every default in its place; this is what makes {@link Resolved} true. */
export function isResolved<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
): value is Resolved<Schema> {
  return Check(demandDefaults(schema), value);
}

/** The value of a key that was left out, or undefined where it has none. */
export function defaultOf(schema: TSchema): unknown {
  return 'default' in schema ? schema.default : undefined;
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same schema as plain JSON Schema, in which keys with a default are required. */
function demandDefaults(schema: TSchema): TSchema {
  if (Type.IsUnion(schema)) return { ...schema, anyOf: schema.anyOf.map(demandDefaults) };
  if (Type.IsArray(schema)) return { ...schema, items: demandDefaults(schema.items) };
  if (!Type.IsObject(schema)) return schema;
  const properties = Object.entries(schema.properties);
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([key, property]) => [key, demandDefaults(property)])),
    required: properties
      .filter(([, property]) => !Type.IsOptional(property) || defaultOf(property) !== undefined)
      .map(([key]) => key),
  };
}

function textBranch(schema: TSchema): TSchema {
  return Type.IsUnion(schema) ? (schema.anyOf.find((member) => Type.IsString(member)) ?? schema) : schema;
}
