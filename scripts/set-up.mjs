// Makes a clean clone ready: Node, Debian packages, npm packages, the dashboard. No dependencies of its own.
// Every step is skipped when its result is there already, told by content and not by time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const forTests = process.argv.includes('--for-tests');

const OLDEST_NODE = [20, 19];

/** Debian package → what the store needs it for. */
const RUNTIME_PACKAGES = {
  'libglib2.0-0': 'GLib, under GStreamer and the analytics engine',
  'libgstreamer1.0-0': 'GStreamer',
  'libgstreamer-plugins-base1.0-0': 'app sink and video of GStreamer',
  'gstreamer1.0-plugins-base': 'conversion, scaling, test pictures',
  'gstreamer1.0-plugins-good': 'RTSP, V4L2, Matroska, JPEG',
  'gstreamer1.0-plugins-bad': 'H.264 parsing',
  'gstreamer1.0-plugins-ugly': 'H.264 encoding (the simulated cameras)',
  'gstreamer1.0-libav': 'H.264 decoding',
  'fonts-dejavu-core': 'signs in the simulated shop',
};
const TEST_PACKAGES = {
  'libgstrtspserver-1.0-0': 'the RTSP server that the camera tests talk to',
  chromium: 'the browser that the page is tested in',
  // Machines may have a Java or a Maven of another origin; any will do.
  ...(has('java') ? {} : { 'default-jre-headless': 'Java, which Apache Kafka of the tests runs on' }),
  ...(has('mvn') ? {} : { maven: "fetches Apache Kafka's jars" }),
};

let startedAt = 0;

checkNode();
installDebianPackages(forTests ? { ...RUNTIME_PACKAGES, ...TEST_PACKAGES } : RUNTIME_PACKAGES);
installNpmPackages();
buildDashboard();
if (forTests) fetchKafka();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Smart Store needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}.`,
    'Install Node 20, 22 or 24 and try again.',
  );
}

function installDebianPackages(wanted) {
  const missing = Object.keys(wanted).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const list = missing.map((name) => `  ${name.padEnd(32)} ${wanted[name]}`).join('\n');
  if (!has('apt-get')) {
    fail(
      `These system packages (by their Debian names) are missing:\n${list}`,
      'This system has no apt-get: install what corresponds to them with its own package manager and try again.',
    );
  }
  const asRoot =
    process.getuid?.() === 0
      ? []
      : has('sudo') && run('sudo', ['-n', 'true']).status === 0
        ? ['sudo', '-n']
        : null;
  if (asRoot === null) {
    fail(
      `These Debian packages are missing:\n${list}`,
      `This user is not root and sudo asks for a password or is not there. Type this and try again:\n\n  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing.join(' ')}\n`,
    );
  }
  step(`installing ${missing.length} Debian packages: ${missing.join(' ')}`);
  const apt = (args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return spawnSync(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  };
  const updated = apt(['update', '-q']);
  const installed = apt(['install', '-y', '-q', '--no-install-recommends', ...missing]);
  const stillMissing = missing.filter((name) => !isInstalled(name));
  if (stillMissing.length > 0) {
    fail(
      `apt-get could not install ${stillMissing.join(', ')}:\n${lastLines((updated.stderr ?? '') + (installed.stdout ?? '') + (installed.stderr ?? ''))}`,
      `Mend what apt-get complains about, then try again. By hand:\n\n  apt-get update && apt-get install --no-install-recommends ${stillMissing.join(' ')}\n`,
    );
  }
  done();
}

/** A package counts as there under the name it had before Debian's 64-bit time change, too (libglib2.0-0 → libglib2.0-0t64). */
function isInstalled(name) {
  const states = run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\n', name, `${name}t64`]).stdout ?? '';
  return /^ii/m.test(states);
}

function installNpmPackages() {
  const stamp = join(root, 'node_modules', '.smart-store-installed');
  const wanted = hash(
    ['package.json', 'package-lock.json', '.npmrc'],
    `${process.versions.modules} ${process.arch}`,
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step(
    'installing npm packages (about 1.5 GB on disk, most of it the analytics engine and the network runtime)',
  );
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (npm.status !== 0) {
    fail(
      `npm ci failed:\n${firstLines(`${npm.stdout ?? ''}${npm.stderr ?? ''}`)}`,
      'When npm could not reach its registry, check the connection; else do what it says, and try again.',
    );
  }
  writeFileSync(stamp, wanted);
  done();
}

function buildDashboard() {
  const stamp = join(root, 'dashboard', 'dist', '.built-from');
  const sources = [...filesUnder('dashboard'), ...filesUnder('analytics/api/schemas'), 'package-lock.json'];
  const wanted = hash(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step('building the dashboard');
  const build = run('npm', ['run', '--silent', 'build']);
  if (build.status !== 0)
    fail(
      `The dashboard did not build:\n${lastLines(build.stdout + build.stderr)}`,
      'Mend what it names and try again.',
    );
  mkdirSync(join(root, 'dashboard', 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
  done();
}

/** Finds the jars in the cache when they are there already, told by the checksum of ingest/kafka/pom.xml. */
function fetchKafka() {
  startedAt = Date.now();
  const fetched = run(process.execPath, ['bin/smart-store.js', 'kafka', '--fetch']);
  if (fetched.status !== 0) {
    fail(
      `Apache Kafka for the tests could not be fetched:\n${lastLines(fetched.stderr)}`,
      'Do what it says and try again.',
    );
  }
  if (fetched.stderr.includes('fetching')) {
    process.stderr.write(`set-up: ${fetched.stderr.trim()}\n`);
    done();
  }
}

function filesUnder(folder) {
  const found = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesUnder(path));
    else found.push(path);
  }
  return found.sort();
}

function hash(files, salt = '') {
  const sum = createHash('sha256').update(salt);
  for (const file of files) sum.update(file).update(readFileSync(join(root, file)));
  return sum.digest('hex');
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function has(command) {
  return run('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** npm says first what is wrong, and then how it is used. */
function firstLines(text) {
  return indented(text.trim().split('\n').slice(0, 12));
}

function lastLines(text) {
  return indented(text.trim().split('\n').slice(-15));
}

function indented(lines) {
  return lines.map((line) => `  ${line}`).join('\n');
}

function step(what) {
  startedAt = Date.now();
  process.stderr.write(`set-up: ${what} …\n`);
}

function done() {
  process.stderr.write(`set-up: done in ${((Date.now() - startedAt) / 1000).toFixed(0)} s\n`);
}

function fail(found, next) {
  process.stderr.write(`\nset-up: ${found}\n\n${next}\n`);
  process.exit(1);
}
