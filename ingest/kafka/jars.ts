import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../runtime/errors.ts';
import { CACHE_DIR } from '../../runtime/paths.ts';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const STAMP = '.resolved-from';
const KEPT_WORDS = 2_000;

/**
 * The folder of Apache Kafka's jars. The first time Maven fetches them, about 45 MB; later calls find them in the cache.
 * @throws UserError `kafka.maven-missing`, `kafka.jars-unreachable`
 */
export async function kafkaJars(progress: (message: string) => void = () => undefined): Promise<string> {
  const pom = readFileSync(POM, 'utf8');
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error(`${POM} names no kafka.version.`);
  const stamp = createHash('sha256').update(pom).digest('hex');
  const folder = join(CACHE_DIR, `kafka-${version}`);
  if (isResolved(folder, stamp)) return folder;

  progress(`fetching Apache Kafka ${version} from Maven Central, about 45 MB`);
  mkdirSync(CACHE_DIR, { recursive: true });
  const fresh = `${folder}.${randomUUID()}`;
  try {
    await copyJars(fresh);
    writeFileSync(join(fresh, STAMP), stamp);
    putInPlace(fresh, folder, stamp);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function isResolved(folder: string, stamp: string): boolean {
  const path = join(folder, STAMP);
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

async function copyJars(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const maven = spawn('mvn', ['-q', '-B', '-f', POM, ...goal], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  const keep = (text: string): void => {
    words = (words + text).slice(-KEPT_WORDS);
  };
  maven.stdout.setEncoding('utf8').on('data', keep);
  maven.stderr.setEncoding('utf8').on('data', keep);
  const status = await new Promise<number | null>((resolve, reject) => {
    maven.on('error', reject).on('close', resolve);
  }).catch((error: unknown) => {
    throw new UserError(
      'kafka.maven-missing',
      'Apache Kafka is fetched by Maven, but the command mvn was not found.',
      'Run "apt-get install maven default-jre-headless", or put mvn on the PATH.',
      { cause: error },
    );
  });
  if (status === 0) return;
  throw new UserError(
    'kafka.jars-unreachable',
    `Maven could not fetch Apache Kafka's jars (exit status ${status ?? 'unknown'}): ${words.trim()}`,
    'Check that Maven Central (or the mirror in ~/.m2/settings.xml) can be reached, and try again.',
  );
}

/** Two processes may fetch at once: whoever comes second uses what the first put there. */
function putInPlace(fresh: string, folder: string, stamp: string): void {
  if (isResolved(folder, stamp)) return;
  const old = `${fresh}.old`;
  if (existsSync(folder)) renameSync(folder, old);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!isResolved(folder, stamp)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
