import { Type, type TObject, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { isGroup } from './defaults.ts';
import { expectationText, numberOf, textOf } from './expectation.ts';
import { foundText, keyPathText, type KeyPath, type Problem } from './problem.ts';
import { suggest } from './suggestion.ts';

/**
 * Every place where `value` departs from `schema`, in words. Of a union only the branch that was meant is judged: the one
 * with the written `kind`, or the only one of the written shape. Empty exactly when TypeBox's `Check` says yes.
 */
export function validate(schema: TSchema, value: unknown, path: KeyPath = []): Problem[] {
  if (Type.IsObject(schema)) return validateGroup(schema, value, path, '');
  if (Type.IsUnion(schema)) return validateUnion(schema, schema.anyOf, value, path);
  if (Type.IsTuple(schema) && Array.isArray(value) && value.length === schema.items.length) {
    return schema.items.flatMap((item, index) => validate(item, value[index], [...path, index]));
  }
  if (Type.IsArray(schema) && Array.isArray(value)) {
    return [
      ...(rightCount(schema, value.length) ? [] : [mismatch(schema, value, path)]),
      ...value.flatMap((item: unknown, index) => validate(schema.items, item, [...path, index])),
    ];
  }
  return Check(schema, value) ? [] : [mismatch(schema, value, path)];
}

function validateGroup(schema: TObject, value: unknown, path: KeyPath, branch: string): Problem[] {
  if (!isGroup(value)) return [mismatch(schema, value, path)];
  const known = Object.keys(schema.properties);
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(schema.properties, key));
  const missing = known.filter((key) => !Object.hasOwn(value, key));
  const meant = new Map(unknown.map((key) => [key, suggest(key, missing) ?? suggest(key, known)]));
  const suggested = new Set(meant.values());

  const problems: Problem[] = unknown.map((key) => ({
    path: [...path, key],
    at: 'key',
    expected: `one of the keys ${known.join(', ')}${branch}`,
    found: `the unknown key ${JSON.stringify(key)}`,
    advice: adviceForUnknown(meant.get(key), value),
  }));
  for (const [key, property] of Object.entries(schema.properties)) {
    const at = [...path, key];
    if (Object.hasOwn(value, key)) problems.push(...validate(property, value[key], at));
    // a key that is missing because it is misspelt is one mistake, not two
    else if (!Type.IsOptional(property) && !suggested.has(key)) {
      problems.push({
        path: at,
        at: 'key',
        expected: expectationText(property),
        found: 'nothing: the key is missing',
        advice: `add \`${key}:\`${path.length === 0 ? '' : ` to ${keyPathText(path)}`}${meaning(property)}`,
      });
    }
  }
  return problems;
}

function adviceForUnknown(meant: string | undefined, group: Record<string, unknown>): string {
  if (meant === undefined) return 'remove it; docs/configuration.md lists every key';
  return Object.hasOwn(group, meant)
    ? `remove it, or did you mean a second \`${meant}\`? It is there already`
    : `did you mean \`${meant}\`? Rename it, or remove it`;
}

function validateUnion(
  schema: TSchema,
  members: readonly TSchema[],
  value: unknown,
  path: KeyPath,
): Problem[] {
  const groups = members.filter(Type.IsObject);
  if (groups.length > 0 && isGroup(value)) return validateKind(groups, value, path);
  const sameShape = members.filter((member) =>
    Array.isArray(value) ? Type.IsTuple(member) || Type.IsArray(member) : Type.IsLiteral(member),
  );
  const [only] = sameShape;
  if (only !== undefined && sameShape.length === 1 && (Array.isArray(value) || members.length === 1)) {
    return validate(only, value, path);
  }
  return Check(schema, value) ? [] : [mismatch(schema, value, path)];
}

/** Groups that are told apart by the literal in their `kind`. */
function validateKind(groups: readonly TObject[], value: Record<string, unknown>, path: KeyPath): Problem[] {
  const kinds = groups.map((group) => ({ group, kind: kindOf(group) }));
  const names = kinds.map(({ kind }) => kind);
  const written = value['kind'];
  const taken = kinds.find(({ kind }) => kind === written);
  if (taken !== undefined) return validateGroup(taken.group, value, path, ` (of kind ${taken.kind})`);
  const meant = typeof written === 'string' ? suggest(written, names) : undefined;
  return [
    {
      path: [...path, 'kind'],
      at: Object.hasOwn(value, 'kind') ? 'value' : 'key',
      expected: `one of the kinds ${names.join(', ')}`,
      found: Object.hasOwn(value, 'kind') ? foundText(written) : 'nothing: the key is missing',
      advice:
        meant === undefined
          ? `add \`kind: ${names[0] ?? ''}\`, or another kind; the other keys of ${keyPathText(path)} are judged by it`
          : `did you mean \`${meant}\`?`,
    },
  ];
}

function kindOf(group: TObject): string {
  const kind = group.properties['kind'];
  if (kind === undefined || !Type.IsLiteral(kind)) {
    throw new TypeError('the configuration schema has a union of groups that no `kind` tells apart');
  }
  return String(kind.const);
}

function mismatch(schema: TSchema, value: unknown, path: KeyPath): Problem {
  return {
    path,
    at: 'value',
    expected: expectationText(schema),
    found: withheld(schema, value)
      ? 'a text that is no such name (not shown: it may be the secret)'
      : foundText(value),
    advice: adviceFor(schema, value),
  };
}

/** Who writes a password where the name of a variable belongs must not find it in a log. */
function withheld(schema: TSchema, value: unknown): boolean {
  return textOf(schema, 'holds') === 'variable' && value !== null && typeof value !== 'object';
}

function adviceFor(schema: TSchema, value: unknown): string {
  const special = textOf(schema, 'advice');
  if (special !== undefined && value !== null) return special;
  if (value === null) {
    return Type.IsOptional(schema) ? 'write a value, or remove the line' : `write a value${meaning(schema)}`;
  }
  if (Type.IsUnion(schema) && typeof value === 'string') {
    const choices = schema.anyOf.filter(Type.IsLiteral).map((choice) => String(choice.const));
    const meant = suggest(value, choices);
    if (meant !== undefined) return `did you mean \`${meant}\`?`;
  }
  if (Type.IsString(schema) && (typeof value === 'number' || typeof value === 'boolean')) {
    return `put it in quotes: "${String(value)}"`;
  }
  if (Type.IsNumber(schema) || Type.IsInteger(schema)) return adviceForNumber(schema, value);
  if (Type.IsArray(schema) && !Array.isArray(value))
    return 'write a list: one entry a line, each after a hyphen';
  return `change the value${meaning(schema)}`;
}

function adviceForNumber(schema: TSchema, value: unknown): string {
  if (typeof value === 'string') {
    return value.trim() !== '' && Number.isFinite(Number(value))
      ? 'remove the quotes'
      : 'write the number alone, without unit';
  }
  const step = numberOf(schema, 'multipleOf');
  const minimum = numberOf(schema, 'minimum') ?? -Infinity;
  if (step !== undefined && typeof value === 'number' && value >= minimum && value % step !== 0) {
    const below = Math.floor(value / step) * step;
    return `write ${below} or ${below + step}, and set the camera to it`;
  }
  return `change the value${meaning(schema)}`;
}

function rightCount(schema: TSchema, length: number): boolean {
  return (
    length >= (numberOf(schema, 'minItems') ?? 0) && length <= (numberOf(schema, 'maxItems') ?? Infinity)
  );
}

function meaning(schema: TSchema): string {
  const description = textOf(schema, 'description');
  return description === undefined ? '' : ` (${description})`;
}
