/** A JSON schema, as it lies in a file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What a person may reword at any time: no reader and no writer acts on it. */
const ANNOTATIONS = ['$id', 'title', 'description', 'expects', 'examples'];

/**
 * Why a schema is no additive change of what was published under the same version; empty when it is one. Additive means:
 * the same, with new optional fields. Then releases on both sides of a rolling update read each other. Also a change that
 * accepts more (a new literal, a field that may now be missing) is none: the older release would refuse what the newer writes.
 */
export function additiveProblems(published: Json, now: Json, path = ''): readonly string[] {
  const here = path === '' ? '/' : path;
  if (!isSchema(published) || !isSchema(now))
    return same(published, now) ? [] : [`${here} is another schema`];
  const problems = [
    ...keywordProblems(published, now, here),
    ...fieldProblems(published, now, path),
    ...unionProblems(published, now, here),
  ];
  const items = [published['items'], now['items']] as const;
  if (items[0] !== undefined && items[1] !== undefined) {
    problems.push(...additiveProblems(items[0], items[1], `${path}/*`));
  }
  return problems;
}

/**
 * Fields that mean another kind of value in a later version; empty when there are none. Views of ClickHouse read `data` by
 * path, of old rows and new ones: a path keeps its kind for ever, something else gets a new name.
 */
export function kindProblems(earlier: Json, later: Json, path = ''): readonly string[] {
  if (!isSchema(earlier) || !isSchema(later)) return [];
  const [before, after] = [kindsOf(earlier), kindsOf(later)];
  if (!same(before, after)) {
    return [`${path} was ${before.join(' or ')} and is ${after.join(' or ')}: give it a new name`];
  }
  const newFields = fieldsOf(later);
  const problems = [...fieldsOf(earlier)].flatMap(([name, field]) => {
    const next = newFields.get(name);
    return next === undefined ? [] : kindProblems(field, next, `${path}/${name}`);
  });
  const items = [earlier['items'], later['items']] as const;
  if (items[0] === undefined || items[1] === undefined) return problems;
  return [...problems, ...kindProblems(items[0], items[1], `${path}/*`)];
}

/** Objects that refuse fields which they don't know; empty when there are none. Unknown fields must pass. */
export function closedObjects(schema: Json, path = ''): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((each: Json) => closedObjects(each, path));
  if (!isSchema(schema)) return [];
  const closes = ['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'maxProperties'];
  const own = closes.filter((keyword) => schema[keyword] !== undefined);
  return [
    ...own.map((keyword) => `${path === '' ? '/' : path} has ${keyword}`),
    ...[...fieldsOf(schema)].flatMap(([name, field]) => closedObjects(field, `${path}/${name}`)),
    ...closedObjects(schema['items'] ?? null, `${path}/*`),
    ...closedObjects(schema['anyOf'] ?? null, path),
  ];
}

type Schema = Readonly<Record<string, Json>>;

/** Compared field by field or schema by schema, not as a whole. */
const STRUCTURE = ['properties', 'required', 'items', 'anyOf'];

/** Every other keyword, known or not, has to stay as it is. */
function keywordProblems(published: Schema, now: Schema, here: string): string[] {
  const keywords = new Set([...Object.keys(published), ...Object.keys(now)]);
  for (const keyword of [...ANNOTATIONS, ...STRUCTURE]) keywords.delete(keyword);
  const problems = [...keywords]
    .filter((keyword) => !same(published[keyword] ?? null, now[keyword] ?? null))
    .map((keyword) => `${here}: ${keyword} was ${text(published[keyword])} and is ${text(now[keyword])}`);
  for (const keyword of ['items', 'anyOf']) {
    if ((published[keyword] === undefined) !== (now[keyword] === undefined)) {
      problems.push(`${here}: ${keyword} was ${published[keyword] === undefined ? 'added' : 'removed'}`);
    }
  }
  return problems;
}

function fieldProblems(published: Schema, now: Schema, path: string): string[] {
  const [before, after] = [fieldsOf(published), fieldsOf(now)];
  const [wasRequired, isRequired] = [requiredOf(published), requiredOf(now)];
  const problems: string[] = [];
  for (const [name, field] of before) {
    const at = `${path}/${name}`;
    const next = after.get(name);
    if (next === undefined) problems.push(`${at} was removed`);
    else problems.push(...additiveProblems(field, next, at));
    if (next !== undefined && wasRequired.has(name) !== isRequired.has(name)) {
      problems.push(
        `${at} was ${wasRequired.has(name) ? 'required and is optional' : 'optional and is required'}`,
      );
    }
  }
  for (const name of after.keys()) {
    if (!before.has(name) && isRequired.has(name)) problems.push(`${path}/${name} is new and required`);
  }
  return problems;
}

/** Alternatives may stand in another order, no more. */
function unionProblems(published: Schema, now: Schema, here: string): string[] {
  const [before, after] = [alternativesOf(published), alternativesOf(now)];
  const missing = before.filter((each) => !after.includes(each)).map((each) => `${here}: no longer ${each}`);
  const added = after.filter((each) => !before.includes(each)).map((each) => `${here}: now also ${each}`);
  return [...missing, ...added];
}

function alternativesOf(schema: Schema): readonly string[] {
  const alternatives = schema['anyOf'];
  return Array.isArray(alternatives) ? alternatives.map((each: Json) => text(bare(each))) : [];
}

/** The kinds of value that a schema allows, e.g. ["null", "string"]. */
function kindsOf(schema: Schema): readonly string[] {
  const anyOf = schema['anyOf'];
  const type = schema['type'];
  const kinds = Array.isArray(anyOf)
    ? anyOf.flatMap((each: Json) => (isSchema(each) ? kindsOf(each) : []))
    : [typeof type === 'string' ? type : 'anything'];
  return [...new Set(kinds)].sort();
}

function fieldsOf(schema: Schema): ReadonlyMap<string, Json> {
  const fields = schema['properties'];
  return new Map(fields !== undefined && isSchema(fields) ? Object.entries(fields) : []);
}

function requiredOf(schema: Schema): ReadonlySet<Json> {
  const required = schema['required'];
  return new Set<Json>(Array.isArray(required) ? required : []);
}

/** A schema without its annotations, its keywords in one order. The fields of an object may be called like annotations. */
function bare(schema: Json, isFields = false): Json {
  if (Array.isArray(schema)) return schema.map((each: Json) => bare(each));
  if (!isSchema(schema)) return schema;
  const entries = Object.entries(schema).filter(([keyword]) => isFields || !ANNOTATIONS.includes(keyword));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([keyword, value]) => [keyword, bare(value, !isFields && keyword === 'properties')]),
  );
}

function same(a: Json, b: Json): boolean {
  return text(bare(a)) === text(bare(b));
}

function text(value: Json | undefined): string {
  return value === undefined ? 'not there' : JSON.stringify(value);
}

function isSchema(value: Json): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
