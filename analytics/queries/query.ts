import type { ClickHouseClient } from '@clickhouse/client';
import type { Static, TObject } from 'typebox';
import { Errors } from 'typebox/value';

/**
 * One question to ClickHouse. Every value in `sql` is bound (`{storeId:String}`), never put into the text; columns are
 * snake_case, rows and parameters camelCase.
 */
export interface Query<Params extends TObject = TObject, Row extends TObject = TObject> {
  /** Kebab-case; also the tag in ClickHouse's query log. */
  readonly name: string;
  /** What is counted, over what, and what "no data" means; for people. */
  readonly definition: string;
  readonly params: Params;
  readonly row: Row;
  readonly sql: string;
}

/** Keeps the schemas' types. */
export function defineQuery<Params extends TObject, Row extends TObject>(
  query: Query<Params, Row>,
): Query<Params, Row> {
  return query;
}

/**
 * Asks one question.
 * @throws ClickHouseError with ClickHouse's `code`, or a socket error, when it can't be asked
 * @throws TypeError when an answer doesn't keep the row schema: the tables and the query disagree
 */
export async function runQuery<Params extends TObject, Row extends TObject>(
  client: ClickHouseClient,
  query: Query<Params, Row>,
  params: Static<Params>,
): Promise<Static<Row>[]> {
  const answer = await client.query({
    query: query.sql,
    query_params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, bound(value)])),
    format: 'JSONEachRow',
    clickhouse_settings: { log_comment: `smart-store/${query.name}` },
  });
  const rows = (await answer.json<Record<string, unknown>>()).map(withCamelCaseKeys);
  return rows.map((row) => checked(query, row));
}

/** Bound times are read in their parameter's zone, which is UTC everywhere, and the parser refuses the letter Z. */
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const bound = (value: unknown): unknown =>
  typeof value === 'string' && UTC_TIME.test(value) ? value.slice(0, -1) : value;

function checked<Row extends TObject>(query: Query<TObject, Row>, row: unknown): Static<Row> {
  const [error] = Errors(query.row, row);
  if (error !== undefined) {
    throw new TypeError(
      `Query ${query.name} answered ${error.instancePath || 'a row'} that ${error.message}`,
    );
  }
  return row as Static<Row>;
}

function withCamelCaseKeys(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
