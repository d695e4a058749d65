import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { describeClickHouseError, refusesRows } from './error-kinds.ts';

const error = (code: string, type: string) =>
  new ClickHouseError({ message: 'Cannot parse "a value that stays here"', code, type });

describe('what an error of ClickHouse says about the rows', () => {
  test.each([
    [error('41', 'CANNOT_PARSE_DATETIME'), 'the rows are wrong', true],
    [error('376', 'CANNOT_PARSE_UUID'), 'the rows are wrong', true],
    [error('60', 'UNKNOWN_TABLE'), 'migrations are missing', false],
    [error('241', 'MEMORY_LIMIT_EXCEEDED'), 'the server has no room', false],
    [error('252', 'TOO_MANY_PARTS'), 'the server is behind', false],
    [new Error('connect ECONNREFUSED'), 'there is no server', false],
  ])('%s: %s', (thrown, _meaning, isAboutRows) => {
    expect(refusesRows(thrown)).toBe(isAboutRows);
  });

  test('it is described without the values that ClickHouse repeats', () => {
    expect(describeClickHouseError(error('41', 'CANNOT_PARSE_DATETIME'))).toBe(
      'ClickHouse CANNOT_PARSE_DATETIME (code 41)',
    );
  });
});
