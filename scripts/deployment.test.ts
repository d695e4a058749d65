import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadDeployment } from '../config/load.ts';
import { ROOT } from '../runtime/paths.ts';

const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly restart: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly environment?: Record<string, string>;
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { readonly internal?: boolean }>;
  readonly volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
/** What ends by itself, and what stays. */
const isOnce = ({ restart }: Service): boolean => restart === 'no';

describe('Dockerfile', () => {
  const instructions = read('Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const of = (word: string): string[] =>
    instructions
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1).trim());
  const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));

  test('installs the Debian packages that scripts/set-up.mjs wants, and certificates', () => {
    const block = /const RUNTIME_PACKAGES = \{([\s\S]*?)\n\};/.exec(read('scripts/set-up.mjs'))?.[1] ?? '';
    const wanted = [...block.matchAll(/^\s*'?([a-z0-9.+-]+)'?:/gm)].map(([, name]) => name);
    const install = of('RUN').find((line) => line.includes('apt-get install')) ?? '';
    const [, list = ''] = /--no-install-recommends\s+([^&]*)/.exec(install) ?? [];
    expect(list.trim().split(/\s+/)).toEqual(['ca-certificates', ...wanted]);
    expect(wanted.length).toBeGreaterThan(5);
  });

  test('every base image is pinned by its full version, the same everywhere', () => {
    const images = of('FROM').map((line) => line.split(' ')[0]);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
  });

  test('whatever is copied is there, is not ignored, and is under version control', () => {
    const ignored = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const sources = of('COPY')
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(/\s+/).slice(0, -1));
    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) {
      expect(existsSync(`${ROOT}${source}`), source).toBe(true);
      expect(ignored, source).not.toContain(source);
    }
  });

  test('every folder that the store is made of is in the image', () => {
    const inImage = lastStage.join('\n');
    for (const folder of [
      'runtime',
      'config',
      'ingest',
      'vision',
      'store',
      'analytics',
      'simulation',
      'bin',
    ]) {
      expect(inImage).toContain(`COPY ${folder} ${folder}`);
    }
    expect(inImage).toContain('dashboard/dist');
  });

  test('neither secrets nor data can slip into the image', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.env.*', 'data', '.git']));
    expect(read('.gitignore').split('\n')).toContain('/.env');
  });

  test('it runs as a user without rights, says how it is, and ends on SIGTERM', () => {
    const words = lastStage.join('\n');
    expect(words).toMatch(/^USER node$/m);
    expect(words).toMatch(/^HEALTHCHECK .*\/healthz/m);
    expect(words).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(words).toMatch(/^VOLUME .*"\/data"/m);
    expect(words).toMatch(/^ENTRYPOINT \["node", "bin\/smart-store.js"\]$/m);
  });
});

describe('docker-compose.yml', () => {
  test.each(services)('%s is hardened and bounded', (_name, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.mem_limit).toMatch(/^\d+g$/);
    if (service.image.startsWith('apache/')) return; // its start writes its configuration beside its programs
    expect(service.read_only).toBe(true);
  });

  test.each(services)('%s has a pinned image', (_name, { image }) => {
    expect(image).toMatch(
      /^(apache\/kafka:4\.3\.1|clickhouse\/clickhouse-server:26\.7|smart-store:\d+\.\d+\.\d+)$/,
    );
  });

  test("the store's image has the number of the package", () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(compose.services['store']?.image).toBe(`smart-store:${version}`);
  });

  test.each(services.filter(([, service]) => !isOnce(service)))(
    '%s starts again by itself and says how it is',
    (name, { restart, healthcheck }) => {
      expect(restart).toBe('unless-stopped');
      // The store's is in its image.
      if (name !== 'store') expect(healthcheck?.test?.length).toBeGreaterThan(1);
    },
  );

  test('only the page is published, and only on this machine', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['store']);
    expect(compose.services['store']?.ports).toEqual(['127.0.0.1:${SMART_STORE_PORT:-8080}:8080']);
    expect(compose.networks['servers']?.internal).toBe(true);
    for (const [name, { networks }] of services) {
      expect(networks, name).toEqual(name === 'store' ? ['servers', 'outside'] : ['servers']);
    }
  });

  test('topics and tables are there before the store starts', () => {
    const { services: of } = compose;
    expect(of['store']?.depends_on).toEqual({
      topics: { condition: 'service_completed_successfully' },
      migrate: { condition: 'service_completed_successfully' },
    });
    expect(of['topics']?.command?.slice(0, 2)).toEqual(['topics', 'apply']);
    expect(of['migrate']?.command?.slice(0, 2)).toEqual(['migrate', 'apply']);
  });

  test('every volume that is named exists, and every file that is mounted', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(`${ROOT}${source}`), `${name}: ${source}`).toBe(true);
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
    }
  });

  test('every variable must be given by a person or has a harmless default, and is explained', () => {
    const explained = read('.env.example');
    const variables = [...read('docker-compose.yml').matchAll(/\$\{([A-Z0-9_]+)(:[?-])?([^}]*)\}/g)];
    expect(variables.length).toBeGreaterThan(5);
    for (const [whole, name = '', kind] of variables) {
      expect(explained, whole).toContain(`#   ${name}`);
      expect(kind, whole).toBe(name === 'SMART_STORE_PORT' ? ':-' : ':?');
    }
  });

  test('.env.example holds no value', () => {
    expect(
      read('.env.example')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    ).toEqual([]);
  });

  test("the store's configuration is right, and speaks of the services by their names", () => {
    process.env['CLICKHOUSE_WRITER_PASSWORD'] = 'of-a-test';
    const { profile, kafka, analytics, server } = loadDeployment(`${ROOT}config/cluster/store.yaml`);
    delete process.env['CLICKHOUSE_WRITER_PASSWORD'];
    expect(profile).toBe('cluster');
    expect(kafka.brokers).toEqual(['kafka:9092']);
    expect(new URL(analytics.url).hostname).toBe('clickhouse');
    expect(server).toEqual({ host: '0.0.0.0', port: 8080 });
    expect(analytics.password).toBe('CLICKHOUSE_WRITER_PASSWORD');
    expect(Object.keys(compose.services['store']?.environment ?? {})).toContain(analytics.password);
    expect(read('config/cluster/clickhouse/users.xml')).toContain(`<${analytics.user}>`);
  });

  test("it is the demo store's shop, so the two can't drift apart", () => {
    process.env['CLICKHOUSE_WRITER_PASSWORD'] = 'of-a-test';
    const demo = loadDeployment(`${ROOT}config/demo/store.yaml`);
    const cluster = loadDeployment(`${ROOT}config/cluster/store.yaml`);
    delete process.env['CLICKHOUSE_WRITER_PASSWORD'];
    expect(cluster.stores).toEqual(demo.stores);
  });
});
