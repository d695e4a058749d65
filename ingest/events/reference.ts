import { Type, type TSchema } from 'typebox';
import { expectationText, textOf } from '../../config/expectation.ts';
import type { Topic } from '../topics.ts';
import { eventSchema, schemaUrn, type EventContract } from './envelope.ts';

/** docs/events.md, written from contracts and topics, so that it cannot say anything else. */
export interface EventsReference {
  readonly contracts: readonly EventContract[];
  readonly topics: readonly Topic[];
  /** An event of the newest version of a contract, to show. */
  readonly exampleOf: (contract: EventContract) => unknown;
}

export function eventsReference({ contracts, topics, exampleOf }: EventsReference): string {
  return [
    '# Events and topics',
    '',
    'Every fact is an event: one JSON object in the envelope of CloudEvents 1.0, kept in a topic of the event log (Kafka, or the',
    'embedded log) and copied into ClickHouse. What an event says is its `data`; the rest is the same for all.',
    '',
    'This page is written from `ingest/events` and `ingest/topics.ts`; after a change,',
    '`npx vitest run --project unit ingest/events/reference --update` writes it again.',
    '',
    '## Topics',
    '',
    'Records with one key keep their order.',
    '',
    table(
      ['topic', 'keyed by', 'partitions', 'kept for', 'events', 'why'],
      topics.map(({ name, keyedBy, partitions, retentionDays, why }) => [
        `\`${name}\``,
        keyText(keyedBy),
        String(partitions),
        `${retentionDays} days`,
        contracts
          .filter(({ topic }) => topic === name)
          .map(linkTo)
          .join(', ') || 'refused records of any kind',
        why,
      ]),
    ),
    '',
    '## The envelope',
    '',
    envelopeTable(contracts[0]!),
    '',
    'An attribute that is not in this table is kept in the column `extensions`, a field of `data` that its event does not name in',
    '`data`.',
    '',
    '## Versions',
    '',
    'The last part of `dataschema` is the version of `data`. New optional fields may come without a new version; any other change',
    'raises it by one. A release reads every version up to its own; a newer one becomes a dead letter with that reason, to be',
    'replayed after the update. The log and the table `events` keep the version that was written. JSON schemas of all versions',
    'are in `ingest/events/published/`.',
    '',
    ...contracts.flatMap((contract) => [...eventSection(contract, topics, exampleOf(contract)), '']),
  ].join('\n');
}

function eventSection(
  contract: EventContract,
  topics: readonly Topic[],
  example: unknown,
): readonly string[] {
  const { type, version, topic, description, data } = contract;
  const keyedBy = topics.find(({ name }) => name === topic)!.keyedBy;
  const older = version === 1 ? '' : `; versions 1 to ${version - 1} are read, too`;
  return [
    `## ${type}`,
    '',
    description,
    '',
    `Version ${version} (\`${schemaUrn(type, version)}\`)${older}. Topic \`${topic}\`, keyed by ${keyText(keyedBy)}.`,
    '',
    table(
      ['field', 'what it is', 'must be there', 'meaning'],
      fieldsOf(data, 'data').map(({ path, schema, required }) => [
        `\`${path}\``,
        kindText(schema),
        required ? 'yes' : 'no',
        meaningText(schema),
      ]),
    ),
    '',
    '```json',
    JSON.stringify(example, null, 2),
    '```',
  ];
}

function envelopeTable({ type, version, description }: EventContract): string {
  const { data, ...attributes } = eventSchema({ type, version, description }, Type.Object({})).properties;
  const own: Record<string, string> = {
    type: 'the name of the event',
    dataschema: '`urn:smart-store:TYPE:VERSION`',
  };
  return table(
    ['attribute', 'what it is', 'must be there', 'meaning'],
    [
      ...Object.entries(attributes).map(([name, schema]) => [
        `\`${name}\``,
        own[name] ?? kindText(schema),
        Type.IsOptional(schema) ? 'no' : 'yes',
        meaningText(schema),
      ]),
      ['`data`', kindText(data), 'yes', 'what happened, as below'],
    ],
  );
}

interface Field {
  readonly path: string;
  readonly schema: TSchema;
  readonly required: boolean;
}

function fieldsOf(schema: TSchema, path: string): readonly Field[] {
  if (Type.IsArray(schema)) return fieldsOf(schema.items, `${path}[]`);
  if (!Type.IsObject(schema)) return [];
  return Object.entries(schema.properties).flatMap(([name, field]) => [
    { path: `${path}.${name}`, schema: field, required: !Type.IsOptional(field) },
    ...fieldsOf(field, `${path}.${name}`),
  ]);
}

function kindText(schema: TSchema): string {
  if (Type.IsObject(schema)) return 'a group';
  if (Type.IsNull(schema)) return 'null';
  if (Type.IsUnion(schema)) return schema.anyOf.map(kindText).join(' or ');
  return Type.IsLiteral(schema) ? `\`${String(schema.const)}\`` : expectationText(schema);
}

/** The meaning of a field, and of each of its values where they have one. */
function meaningText(schema: TSchema): string {
  const values = Type.IsUnion(schema) ? schema.anyOf : [];
  const explained = values.flatMap((value) => {
    const meaning = textOf(value, 'description');
    return Type.IsLiteral(value) && meaning !== undefined ? [`\`${String(value.const)}\`: ${meaning}`] : [];
  });
  return [textOf(schema, 'description') ?? '', ...explained].join('; ');
}

function keyText(keyedBy: Topic['keyedBy']): string {
  if (keyedBy === 'origin') return 'topic and partition of origin';
  return keyedBy === 'visitid' ? '`visitid`' : `\`data.${keyedBy}\``;
}

function linkTo({ type }: EventContract): string {
  return `[${type}](#${type.replaceAll('.', '')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
