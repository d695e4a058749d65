import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Calibration } from '../config/floor-schema.ts';
import type { Camera, Deployment } from '../config/schema.ts';
import { findEngineLibrary } from '../ingest/clickhouse/engine-library.ts';
import { messageOf } from '../runtime/errors.ts';
import { CACHE_DIR } from '../runtime/paths.ts';
import { loadScenario } from '../simulation/scenario.ts';
import { keyFromEnvironment, keyFromFile } from '../store/members/master-key.ts';
import { listCameraProblems } from '../vision/camera/camera-problems.ts';
import { chooseFaceNetworks } from '../vision/faces/face-networks.ts';
import { describeNetworks } from '../vision/faces/networks-in-use.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { listMissingElements } from '../vision/gstreamer/elements.ts';
import { checkNetworks } from '../vision/models/inventory.ts';
import { problem, type Finding } from './finding.ts';
import { deploymentOf, print, printJson, type Profile } from './options.ts';

const NEEDED_FREE_BYTES = 2 * 2 ** 30;
/** What the simulated cameras need besides what every file source needs. */
const ENCODING_ELEMENTS = ['x264enc', 'h264parse', 'matroskamux'];

export interface DoctorOptions {
  readonly configPath: string;
  readonly profile?: Profile;
  readonly dataDir: string;
  readonly json: boolean;
}

/** `smart-store doctor`: says what is well, what isn't and what to do. @returns whether nothing is in the way of a start */
export async function runDoctor({ configPath, profile, dataDir, json }: DoctorOptions): Promise<boolean> {
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
    if (!json) print(lineOf(finding));
  };
  tell(checkNode());
  tell(checkGStreamer());
  tell(await guard('analytics engine', () => `found ${findEngineLibrary().split('/').slice(-2).join('/')}`));
  for (const finding of await checkAllNetworks()) tell(finding);
  for (const folder of [dataDir, CACHE_DIR]) tell(await checkFolder(folder));
  tell(await guard('key of the templates', () => describeKey(dataDir)));
  let deployment: Deployment | undefined;
  tell(
    await guard('configuration', () => {
      deployment = deploymentOf({ config: configPath, ...(profile === undefined ? {} : { profile }) });
      return `${configPath} is well-formed`;
    }),
  );
  if (deployment !== undefined) {
    tell(await checkPort(deployment.server));
    for (const finding of await checkCameras(deployment)) tell(finding);
    for (const finding of await checkProfile(deployment)) tell(finding);
  }
  const problems = findings.filter(({ status }) => status === 'problem').length;
  if (json) printJson({ healthy: problems === 0, findings });
  else
    print(
      problems === 0
        ? '\nNothing is in the way of "npm start".'
        : `\n${problems} ${problems === 1 ? 'problem stands' : 'problems stand'} in the way.`,
    );
  return problems === 0;
}

function lineOf({ area, status, message, next }: Finding): string {
  const mark = { ok: '✓', advice: '·', problem: '✗' }[status];
  return `${mark} ${area.padEnd(28)} ${message}${next === undefined ? '' : `\n${' '.repeat(31)}→ ${next}`}`;
}

function checkNode(): Finding {
  return {
    area: 'Node',
    status: 'ok',
    message: `${process.versions.node} on ${process.platform} ${process.arch}`,
  };
}

function checkGStreamer(): Finding {
  const area = 'GStreamer';
  try {
    const missing = listMissingElements(ENCODING_ELEMENTS);
    if (missing.length === 0) return { area, status: 'ok', message: 'plays, converts and encodes' };
    const list = missing.map(({ element, debianPackage }) => `${element} (${debianPackage})`).join(', ');
    return { area, status: 'problem', message: `lacks ${list}`, next: 'Install these Debian packages.' };
  } catch (thrown) {
    return problem(area, thrown);
  }
}

/** The door fuses several networks for recognition, so it says itself which; the other tasks have one each. */
async function checkAllNetworks(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { task, status, message, next } of await checkNetworks()) {
    const atTheDoor = task === 'face-embedding' && status !== 'error';
    findings.push({
      area: `network for ${task}`,
      status: status === 'warning' ? 'advice' : status === 'error' ? 'problem' : 'ok',
      message: atTheDoor ? await recognitionInWords() : message,
      ...(next === undefined ? {} : { next }),
    });
  }
  return findings;
}

async function recognitionInWords(): Promise<string> {
  const networks = describeNetworks(await chooseFaceNetworks());
  return networks
    .flatMap(({ task, name, why }) => (task === 'face recognition' ? [`${name}; ${why}`] : []))
    .join();
}

async function checkFolder(folder: string): Promise<Finding> {
  const area = 'disk';
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const message = `${folder} can be written, ${(free / 2 ** 30).toFixed(1)} GiB free`;
    if (free >= NEEDED_FREE_BYTES) return { area, status: 'ok', message };
    return { area, status: 'problem', message, next: 'Make room: at least 2 GiB are wanted.' };
  } catch (thrown) {
    return {
      area,
      status: 'problem',
      message: `${folder}: ${messageOf(thrown)}`,
      next: 'Choose a folder that this user can write, with --data.',
    };
  }
}

function describeKey(dataDir: string): string {
  const key = keyFromEnvironment(process.env) ?? keyFromFile(dataDir);
  return key === undefined ? 'is made at the first start' : `from ${key.origin}`;
}

async function checkPort({ host, port }: Deployment['server']): Promise<Finding> {
  const area = 'port of the page';
  const failure = await new Promise<string | null>((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(messageOf(error)));
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });
  if (failure === null) return { area, status: 'ok', message: `${host}:${port} is free` };
  if (failure.includes('EADDRINUSE')) {
    return {
      area,
      status: 'advice',
      message: `${host}:${port} is taken, perhaps by this store`,
      next: 'If the store is not running, choose another port: npm start -- --port 8081.',
    };
  }
  return {
    area,
    status: 'problem',
    message: failure,
    next: 'Change server.host and server.port in the configuration.',
  };
}

async function checkCameras({ stores }: Deployment): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const camera of stores.flatMap(({ cameras }) => cameras)) {
    const area = `camera ${camera.id}`;
    const { source } = camera;
    if (source.kind === 'simulation') {
      findings.push(await guard(area, () => `simulated: ${loadScenario(source.scenario).shoppers} shoppers`));
    } else {
      const problems = await listCameraProblems({ ...camera, source });
      for (const { message, next } of problems) findings.push({ area, status: 'problem', message, next });
      if (problems.length === 0)
        findings.push({ area, status: 'ok', message: `${source.kind} source is there` });
    }
    if (camera.calibration !== undefined) findings.push(checkCalibration(area, camera, camera.calibration));
    if (camera.purpose !== 'door' && camera.purpose !== 'ceiling') {
      findings.push({
        area,
        status: 'advice',
        message: `has the purpose ${camera.purpose}, which this version does not use yet`,
        next: 'Door and ceiling cameras are opened.',
      });
    }
  }
  return findings;
}

function checkCalibration(area: string, camera: Camera, setting: Calibration): Finding {
  try {
    const { warnings } = calibrate(setting, camera.size, `cameras[${camera.id}].calibration`);
    const [warning] = warnings;
    if (warning === undefined)
      return { area, status: 'ok', message: 'knows where it looks on the floor plan' };
    return {
      area,
      status: 'advice',
      message: `its calibration is doubtful: ${warning}`,
      next: `Look at it: smart-store calibrate --camera ${camera.id}.`,
    };
  } catch (thrown) {
    return problem(area, thrown);
  }
}

async function checkProfile(deployment: Deployment): Promise<Finding[]> {
  if (deployment.profile === 'embedded') {
    return [
      { area: 'profile', status: 'ok', message: 'embedded: events and analytics stay on this machine' },
    ];
  }
  const { checkServers } = await import('./doctor-cluster.ts');
  return checkServers(deployment);
}

async function guard(area: string, check: () => string | Promise<string>): Promise<Finding> {
  try {
    return { area, status: 'ok', message: await check() };
  } catch (thrown) {
    return problem(area, thrown);
  }
}
