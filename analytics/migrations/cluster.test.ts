import { describe, expect, test } from 'vitest';
import { forCluster } from './cluster.ts';
import { readMigrations } from './migrate.ts';

const target = { cluster: 'shops', database: 'smart_store' };
const rendered = (statement: string): readonly string[] => forCluster(statement, target);

describe('a migration for a cluster', () => {
  test('a table becomes a replicated one for the rows and one in front that has its name', () => {
    expect(
      rendered(`-- Why.
CREATE TABLE IF NOT EXISTS shoes
(
    store_id LowCardinality(String),
    n        UInt8 CODEC(ZSTD(3))
)
ENGINE = MergeTree
PARTITION BY n
ORDER BY (store_id, n)
SETTINGS non_replicated_deduplication_window = 1000`),
    ).toEqual([
      `CREATE TABLE IF NOT EXISTS shoes_local ON CLUSTER shops
(
    store_id LowCardinality(String),
    n        UInt8 CODEC(ZSTD(3))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/shoes_local', '{replica}')
PARTITION BY n
ORDER BY (store_id, n)
SETTINGS replicated_deduplication_window = 1000, replicated_deduplication_window_seconds = 2592000`,
      `CREATE TABLE IF NOT EXISTS shoes ON CLUSTER shops AS shoes_local
ENGINE = Distributed(shops, smart_store, shoes_local, cityHash64(store_id))`,
    ]);
  });

  test('a view reads and writes the tables that hold the rows', () => {
    expect(
      rendered(
        'CREATE MATERIALIZED VIEW IF NOT EXISTS laces_from_shoes TO laces AS\nSELECT shoes.n FROM shoes WHERE n > 1',
      ),
    ).toEqual([
      'CREATE MATERIALIZED VIEW IF NOT EXISTS laces_from_shoes ON CLUSTER shops TO laces_local AS\nSELECT shoes.n FROM shoes_local AS shoes WHERE n > 1',
    ]);
  });

  test('a new column comes to the rows first, then to the table in front', () => {
    expect(rendered("ALTER TABLE shoes ADD COLUMN IF NOT EXISTS size String DEFAULT ''")).toEqual([
      "ALTER TABLE shoes_local ON CLUSTER shops ADD COLUMN IF NOT EXISTS size String DEFAULT ''",
      "ALTER TABLE shoes ON CLUSTER shops ADD COLUMN IF NOT EXISTS size String DEFAULT ''",
    ]);
  });

  test.each([
    [
      'ALTER TABLE shoes MODIFY COLUMN n CODEC(T64, ZSTD(1))',
      'ALTER TABLE shoes_local ON CLUSTER shops MODIFY COLUMN n CODEC(T64, ZSTD(1))',
    ],
    [
      'ALTER TABLE shoes MODIFY SETTING non_replicated_deduplication_window = 5',
      'ALTER TABLE shoes_local ON CLUSTER shops MODIFY SETTING replicated_deduplication_window = 5, replicated_deduplication_window_seconds = 2592000',
    ],
  ])('how rows are kept is no matter of the table in front: %s', (one, cluster) => {
    expect(rendered(one)).toEqual([cluster]);
  });

  test('filling a new table from another goes through the tables in front, as it stands', () => {
    const fill = 'INSERT INTO laces SELECT n FROM shoes';
    expect(rendered(fill)).toEqual([fill]);
  });

  test.each([
    'CREATE TABLE IF NOT EXISTS sizes\n(\n    n UInt8\n)\nENGINE = MergeTree\nORDER BY n',
    'CREATE TABLE shoes (store_id String) ENGINE = MergeTree ORDER BY store_id',
    'CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS\nSELECT 1 FROM a JOIN b USING n',
    'ALTER TABLE shoes DROP COLUMN n',
    'ALTER TABLE shoes MODIFY COLUMN n CODEC(ZSTD(1)), ADD COLUMN m UInt8',
    'DROP TABLE shoes',
  ])('what it does not know is refused: %s', (statement) => {
    expect(() => rendered(statement)).toThrow(
      expect.objectContaining({ code: 'migrations.not-for-a-cluster' }),
    );
  });

  test("every migration of the store has a cluster's form", async () => {
    const migrations = await readMigrations(new URL('./', import.meta.url));
    for (const { statements } of migrations) {
      for (const statement of statements) {
        for (const query of rendered(statement)) {
          expect(query).toMatch(/ ON CLUSTER shops\s|^INSERT INTO /);
          expect(query).not.toMatch(/non_replicated|ENGINE = (?!Replicated|Distributed)/);
        }
      }
    }
  });
});
