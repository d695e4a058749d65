import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../runtime/errors.ts';
import { ROOT } from '../runtime/paths.ts';
import { loadDeployment, parseDeployment } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'smart-store-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A file without mistakes; every case below changes one place of it. */
const GOOD = `stores:
  - id: demo
    title: Atelier
    timeZone: Europe/Berlin
    currency: EUR
    openingHours: { monday: ["10:00", "20:00"] }
    floorPlan: { widthMetres: 10, heightMetres: 8 }
    cameras:
      - id: front-door
        purpose: door
        source: { kind: rtsp, url: "rtsp://10.0.0.7/live", credentials: DOOR_LOGIN }
        size: { width: 1280, height: 720 }
        lanes: [{ name: members, polygon: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9]] }]
        entranceLine: { from: [0.1, 0.5], to: [0.9, 0.5] }
`;
const ENVIRONMENT = { DOOR_LOGIN: 'viewer:s3cret-word' };

function mistakesOf(text: string, environment: Record<string, string> = ENVIRONMENT): string {
  try {
    parseDeployment(text, '/shop/store.yaml', environment);
  } catch (error) {
    if (error instanceof UserError) return `${error.code}\n${error.message}\n${error.next}`;
    throw error;
  }
  return 'no mistakes';
}

function changed(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}

describe('a good file', () => {
  test('has every default in its place', () => {
    const deployment = parseDeployment(GOOD, '/shop/store.yaml', ENVIRONMENT);
    const [store] = deployment.stores;
    expect(store).toMatchObject({
      openingHours: { monday: ['10:00', '20:00'], tuesday: 'closed', sunday: 'closed' },
      zones: [],
      visits: { assumedStayMinutes: 20 },
      cameras: [{ framesPerSecond: 15, stallSeconds: 5, source: { transport: 'tcp' } }],
    });
    expect(deployment.recognition).toEqual({
      wantedFalseAcceptRate: 0.0001,
      margin: 0.06,
      minimumFaceWidth: 44,
      minimumVotes: 3,
    });
    expect(deployment.server).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(deployment.profile).toBe('embedded');
    expect(deployment.kafka).toEqual({ brokers: ['127.0.0.1:9092'], replicationFactor: 1 });
    expect(deployment.analytics).toEqual({
      url: 'http://127.0.0.1:8123',
      user: 'default',
      database: 'smart_store',
      sink: 'inside',
    });
  });

  test('gives each deployment defaults of its own', () => {
    const first = parseDeployment(GOOD, '/shop/store.yaml', ENVIRONMENT);
    const second = parseDeployment(GOOD, '/shop/store.yaml', ENVIRONMENT);
    expect(first.stores[0]?.zones).not.toBe(second.stores[0]?.zones);
  });

  test('holds no secret, only the name of its variable', () => {
    const deployment = parseDeployment(GOOD, '/shop/store.yaml', ENVIRONMENT);
    expect(JSON.stringify(deployment)).toContain('DOOR_LOGIN');
    expect(JSON.stringify(deployment)).not.toContain('s3cret-word');
  });

  test('makes paths absolute, from where the file stands', () => {
    const file = changed(
      '{ kind: rtsp, url: "rtsp://10.0.0.7/live", credentials: DOOR_LOGIN }',
      '{ kind: file, path: ../shots/%04d.jpg }',
    );
    expect(parseDeployment(file, '/shop/north/store.yaml', {}).stores[0]?.cameras[0]?.source).toEqual({
      kind: 'file',
      path: '/shop/shots/%04d.jpg',
      pace: 'realtime',
      loop: false,
    });
  });

  test('the demo and the examples are good files', () => {
    expect(loadDeployment(`${ROOT}config/demo/store.yaml`, {}).stores[0]?.id).toBe('demo');
    const example = loadDeployment(`${ROOT}config/examples/rtsp.yaml`, { FRONT_DOOR_LOGIN: 'viewer:x' });
    expect(example.stores[0]?.openingHours.sunday).toBe('closed');
  });
});

describe('a mistake is named with its place, what was expected, what was found and what to do', () => {
  const cases: [what: string, from: string, to: string, says: string[]][] = [
    [
      'a misspelt key',
      'timeZone: Europe',
      'timezone: Europe',
      [':4:5', 'stores[0].timezone', 'unknown key "timezone"', 'did you mean `timeZone`?', 'has 1 mistake'],
    ],
    [
      'a key in another style',
      'size: {',
      'stall_seconds: 4\n        size: {',
      ['did you mean `stallSeconds`?'],
    ],
    [
      'a key that nobody knows',
      'currency: EUR',
      'currency: EUR\n    colour: red',
      [':6:5', 'unknown key "colour"', 'docs/configuration.md'],
    ],
    [
      'a key named like a method',
      'currency: EUR',
      'currency: EUR\n    constructor: 1',
      ['unknown key "constructor"'],
    ],
    [
      'a missing key',
      '    currency: EUR\n',
      '',
      ['stores[0].currency', 'the key is missing', 'add `currency:` to stores[0]'],
    ],
    [
      'a key without value',
      'currency: EUR',
      'currency:',
      [':5:', 'nothing (the key has no value)', 'write a value'],
    ],
    [
      'a width that video rows cannot have',
      'width: 1280',
      'width: 1278',
      [':12:24', 'stores[0].cameras[0].size.width', 'divisible by 4', 'found:    1278', 'write 1276 or 1280'],
    ],
    ['a number in quotes', 'width: 1280', 'width: "1280"', ['found:    "1280"', 'remove the quotes']],
    ['a number with its unit', 'width: 1280', 'width: 1280px', ['write the number alone, without unit']],
    [
      'a title that YAML takes for a number',
      'title: Atelier',
      'title: 1900',
      ['expected: a text', 'put it in quotes: "1900"'],
    ],
    [
      'a misspelt choice',
      'purpose: door',
      'purpose: dor',
      ['door, ceiling, exit or mirror', 'did you mean `door`?'],
    ],
    [
      'a camera of a kind that does not exist',
      'kind: rtsp',
      'kind: rstp',
      [
        'stores[0].cameras[0].source.kind',
        'rtsp, v4l2, file, test, simulation',
        'did you mean `rtsp`?',
        'has 1 mistake',
      ],
    ],
    ['a camera without kind', 'kind: rtsp, ', '', ['source.kind', 'the key is missing', 'has 1 mistake']],
    [
      'a key of another kind of camera',
      'kind: rtsp,',
      'kind: rtsp, device: /dev/video0,',
      ['source.device', 'kind, url, transport, credentials (of kind rtsp)', 'has 1 mistake'],
    ],
    [
      'pixels where fractions belong',
      '[0.5, 0.9]]',
      '[640, 0.9]]',
      ['lanes[0].polygon[2][0]', 'from 0 to 1', 'divide pixels across by the width'],
    ],
    ['a polygon of two corners', ', [0.5, 0.9]]', ']', ['a list of at least 3', 'a list of 2 entries']],
    [
      'a polygon whose edges cross',
      '[0.5, 0.1], [0.5, 0.9]]',
      '[0.5, 0.9], [0.5, 0.1], [0.1, 0.9]]',
      ['polygon', 'its edges cross'],
    ],
    ['a polygon on one line', '[0.5, 0.1], [0.5, 0.9]]', '[0.5, 0.5], [0.9, 0.9]]', ['its area is zero']],
    [
      'a corner written twice',
      '[0.5, 0.9]]',
      '[0.5, 0.9], [0.5, 0.9]]',
      ['corners 3 and 4 are the same point'],
    ],
    [
      'a door that counts nobody',
      '        entranceLine: { from: [0.1, 0.5], to: [0.9, 0.5] }\n',
      '',
      ['entranceLine', 'this camera would count nobody'],
    ],
    ['an entrance line without length', 'to: [0.9, 0.5]', 'to: [0.1, 0.5]', ['the same point twice']],
    [
      'a lane where nobody recognises',
      'purpose: door',
      'purpose: ceiling',
      ['only on cameras of purpose door or exit', 'nobody would be recognised'],
    ],
    ['a time zone in the wrong case', 'Europe/Berlin', 'europe/berlin', ['did you mean `Europe/Berlin`?']],
    ['a time zone without continent', 'Europe/Berlin', 'Berlin', ['did you mean `Europe/Berlin`?']],
    [
      'a time zone as an offset',
      'Europe/Berlin',
      '"+01:00"',
      ['an IANA time zone', 'write Continent/City, or UTC'],
    ],
    ['a currency that does not exist', 'EUR', 'EUX', ['"EUX"', 'ISO 4217']],
    [
      'closing before opening',
      '["10:00", "20:00"]',
      '["20:00", "10:00"]',
      ['openingHours.monday', 'never be open on monday'],
    ],
    [
      'a time that no clock shows',
      '"20:00"',
      '"24:30"',
      ['a time of day such as 09:30, up to 24:00', '"24:30"'],
    ],
    ['a shop that never opens', '{ monday: ["10:00", "20:00"] }', '{}', ['at least one day']],
    [
      'a login in the address',
      'rtsp://10.0.0.7/live',
      'rtsp://admin:s3cret-word@10.0.0.7/live',
      ['source.url', 'a login (withheld)', 'write "rtsp://10.0.0.7/live"'],
    ],
    [
      'a password as a parameter of the address',
      '/live',
      '/live?user=a&password=s3cret-word',
      ['a login (withheld)'],
    ],
    [
      'a password where the name of a variable belongs',
      'credentials: DOOR_LOGIN',
      'credentials: viewer:s3cret-word',
      ['source.credentials', 'not shown', 'name of an environment variable'],
    ],
    [
      'a group where a list belongs',
      'monday: ["10:00", "20:00"]',
      'monday: { from: "10:00" }',
      ['[from, to] or closed', 'a group of keys'],
    ],
    [
      'two stores',
      'stores:\n',
      'stores:\n  - id: other\n',
      ['stores\n', 'a list of exactly 1', 'a list of 2 entries'],
    ],
  ];
  test.each(cases)('%s', (_what, from, to, says) => {
    const message = mistakesOf(changed(from, to));
    expect(message).toContain('config.invalid');
    for (const words of says) expect(message).toContain(words);
    expect(message).not.toContain('s3cret-word');
  });

  test('two cameras, two lanes and two zones of one name', () => {
    const [, camera = ''] = GOOD.split('    cameras:\n');
    const zone = '      - { name: hall, polygon: [[0, 0], [4, 0], [4, 12]] }\n';
    const lane = '{ name: members, polygon: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9]] }';
    const message = mistakesOf(
      `${GOOD.replace(lane, `${lane}, ${lane}`)}${camera}    zones:\n${zone}${zone}`,
    );
    expect(message).toContain('stores[0].cameras[1].id');
    expect(message).toContain('events of the two cameras could not be told apart');
    expect(message).toContain('stores[0].cameras[0].lanes[1].name');
    expect(message).toContain('stores[0].zones[1].name');
    expect(message).toContain('[4, 12], which is outside: nobody can stand there');
  });

  test('a variable that is not set, or holds no login', () => {
    const unset = mistakesOf(GOOD, {});
    expect(unset).toContain('stores[0].cameras[0].source.credentials');
    expect(unset).toContain('the environment variable DOOR_LOGIN to be set');
    expect(mistakesOf(GOOD, { DOOR_LOGIN: '' })).toContain('it is set but empty');
    const noColon = mistakesOf(GOOD, { DOOR_LOGIN: 's3cret-word' });
    expect(noColon).toContain('a value without a colon (withheld)');
    expect(noColon).not.toContain('s3cret-word');
  });

  test('the way to Kafka: a secret in the clear, half a certificate, an address without a port', () => {
    const message = mistakesOf(
      `${GOOD}kafka:\n  brokers: [kafka-1]\n  tls: { key: store.key }\n  sasl: { mechanism: scram-sha-512, user: store, password: KAFKA_PASSWORD }\n`,
    );
    expect(message).toContain('a host and a port');
    expect(message).toContain('key alone: the brokers could not be shown who asks');
    expect(message).toContain('the environment variable KAFKA_PASSWORD to be set');
    const plain = `${GOOD}kafka:\n  sasl: { mechanism: plain, user: store, password: DOOR_LOGIN }\n`;
    expect(mistakesOf(plain)).toContain('whoever listens on the network would read it');
  });

  test('the password of ClickHouse and a login in its address', () => {
    const message = mistakesOf(
      `${GOOD}analytics:\n  password: CLICKHOUSE_PASSWORD\n  url: https://me:s3cret-word@click.example:8443/\n`,
    );
    expect(message).toContain('the environment variable CLICKHOUSE_PASSWORD to be set');
    expect(message).toContain('write "https://click.example:8443/"');
    expect(message).not.toContain('s3cret-word');
  });

  test('all mistakes come together, in the order of the file', () => {
    const message = mistakesOf(
      GOOD.replace('EUR', 'EUX').replace('width: 1280', 'width: 1').replace('title:', 'tilte:'),
    );
    const keys = [...message.matchAll(/ {2}(stores\S+)/g)].map(([, key]) => key);
    expect(keys).toEqual(['stores[0].tilte', 'stores[0].currency', 'stores[0].cameras[0].size.width']);
    expect(message).toContain('has 3 mistakes');
  });
});

describe('a file that is no YAML, or not one document of it', () => {
  test.each([
    ['nothing', '', ['1:1', 'an empty file', 'config/demo/store.yaml']],
    ['comments only', '# to do\n', ['an empty file']],
    ['a list', '- a\n', ['expected: a group with the keys profile, stores', 'a list of 1 entry']],
    ['a key twice', `${GOOD}server: {}\nserver: { port: 1 }\n`, [':16:1', 'stands here for the second time']],
    ['tabs', 'stores:\n\t- id: demo\n', [':2:1', 'found:    a tab', 'replace the tab by spaces']],
    ['two documents', `${GOOD}---\n${GOOD}`, [':15:1', 'a second document']],
    ['an open bracket', 'stores: [\n', ['close']],
    ['an open quote', 'stores: "a\n', ['a closing quote']],
    ['a colon in a text', 'stores: a: b\n', ['texts with a colon in quotes']],
    ['an alias without anchor', 'stores: *other\n', ['alias that leads nowhere']],
    ['a tag', 'stores: !shop a\n', ['a tag (!name)']],
  ])('%s', (_what, text, says) => {
    const message = mistakesOf(text);
    expect(message).toContain('config.invalid');
    for (const words of says) expect(message).toContain(words);
  });

  test('a broken line is not quoted: it may hold a secret', () => {
    expect(mistakesOf('stores: "s3cret-word\n')).not.toContain('s3cret-word');
  });

  test('a file that does not exist', () => {
    const load = () => loadDeployment(join(folder, 'nowhere.yaml'), {});
    expect(load).toThrow(UserError);
    expect(load).toThrow(expect.objectContaining({ code: 'config.unreadable' }));
    expect(load).toThrow(/nowhere\.yaml/);
  });

  test('a file with mistakes is named from where one stands', () => {
    const path = join(folder, 'store.yaml');
    writeFileSync(path, 'stores: []\n');
    expect(() => loadDeployment(path, {})).toThrow(/store\.yaml:1:9 {2}stores\n/);
  });
});
