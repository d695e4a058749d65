import { Type, type TSchema } from 'typebox';
import { defaultText, expectationText, textOf } from './expectation.ts';
import { Deployment } from './schema.ts';

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** docs/configuration.md, written from the schema, so that it cannot say anything else. */
export function configurationReference(): string {
  const sections = Object.entries(Deployment.properties).map(([key, schema]) => {
    const rows = rowsOf(schema, key, 'must be written');
    return [`## ${key}`, '', table(rows)].join('\n');
  });
  return [
    '# Configuration',
    '',
    'A YAML file describes a deployment. `config/demo/store.yaml` is a commented one to copy, `config/examples/` holds more.',
    'The file is judged as a whole when the store starts: unknown keys, values of the wrong kind and contradictions are',
    'reported together, each with its line, what was expected, what was found and what to do. Paths are relative to the',
    'file. Secrets never stand in it: it names environment variables that hold them.',
    '',
    'This page is written from `config/schema.ts` and its parts; after a change, `npx vitest run --project unit config/reference --update`',
    'writes it again.',
    '',
    ...sections.flatMap((section) => [section, '']),
  ].join('\n');
}

function rowsOf(schema: TSchema, key: string, fallback: string): Row[] {
  const own: Row = { key, type: typeText(schema), fallback, meaning: textOf(schema, 'description') ?? '' };
  if (Type.IsObject(schema)) return [own, ...keysOf(schema.properties, key, '')];
  if (Type.IsArray(schema)) {
    const items = schema.items;
    return Type.IsObject(items) ? [own, ...keysOf(items.properties, `${key}[]`, '')] : [own];
  }
  if (Type.IsUnion(schema)) {
    const groups = schema.anyOf.filter(Type.IsObject);
    return [
      own,
      ...groups.flatMap((group) => keysOf(group.properties, key, kindText(group.properties['kind']))),
    ];
  }
  return [own];
}

function keysOf(properties: Readonly<Record<string, TSchema>>, parent: string, suffix: string): Row[] {
  return Object.entries(properties).flatMap(([key, schema]) =>
    rowsOf(schema, `${parent}.${key}`, fallbackText(schema)).map((row) => ({
      ...row,
      key: row.key + suffix,
    })),
  );
}

function kindText(kind: TSchema | undefined): string {
  return kind === undefined ? '' : ` (${expectationText(kind)})`;
}

function fallbackText(schema: TSchema): string {
  if (!Type.IsOptional(schema)) return 'must be written';
  const value = defaultText(schema);
  if (value === '{}') return 'as below';
  return value === undefined ? 'none' : `\`${value}\``;
}

function typeText(schema: TSchema): string {
  if (Type.IsObject(schema)) return 'group';
  if (Type.IsUnion(schema) && schema.anyOf.some(Type.IsObject))
    return 'group; its `kind` says which keys it has';
  if (Type.IsArray(schema) && !Type.IsObject(schema.items)) {
    return `${expectationText(schema)}: ${expectationText(schema.items)}`;
  }
  return expectationText(schema);
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [
    line(['key', 'what it is', 'when left out', 'meaning']),
    '| --- | --- | --- | --- |',
    ...rows.map(({ key, type, fallback, meaning }) => line([`\`${key}\``, type, fallback, meaning])),
  ].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
