import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openCamera, type CameraDeps, type CameraStream } from './camera.ts';
import { listCameraProblems } from './camera-problems.ts';
import type { CameraState } from './camera-state.ts';
import { openConnection } from './connection.ts';
import type { CameraConfig, FrameSource } from './pipeline-recipe.ts';
import {
  ballLaunch,
  freePort,
  startRtspServer,
  type RtspServer,
  type RtspServerSettings,
} from './rtsp-server.ts';

const PASSWORD = 'swordf1sh@sea';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function config(source: FrameSource, stallSeconds = 5): CameraConfig {
  return { id: 'door', size: { width: 160, height: 120 }, framesPerSecond: 15, stallSeconds, source };
}

function watch(
  camera: CameraConfig,
  deps: Partial<CameraDeps> = {},
): { stream: CameraStream; states: CameraState[] } {
  const states: CameraState[] = [];
  const stream = openCamera(camera, { onState: (state) => states.push(state), random: () => 0, ...deps });
  closing.push(() => stream.close());
  return { stream, states };
}

async function serve(settings: Partial<RtspServerSettings> = {}): Promise<RtspServer & { port: number }> {
  const port = settings.port ?? (await freePort());
  const server = await startRtspServer({ path: '/door', launch: ballLaunch(160, 120), ...settings, port });
  closing.push(() => server.kill());
  return { ...server, port };
}

const rtsp = (url: string, more: Partial<Extract<FrameSource, { kind: 'rtsp' }>> = {}): FrameSource => ({
  kind: 'rtsp',
  url,
  transport: 'tcp',
  ...more,
});

/** Takes frames until a condition holds; fails after a minute, or when the stream ends. */
async function framesUntil(stream: CameraStream, done: () => boolean): Promise<number> {
  const deadline = Date.now() + 60_000;
  for (let frames = 0; ; frames += 1) {
    if (done()) return frames;
    if (Date.now() > deadline) throw new Error('what was waited for did not happen');
    const frame = await stream.nextFrame();
    if (frame === undefined) throw new Error('the stream ended');
    frame.release();
  }
}
/** Takes so many frames. */
async function takeFrames(stream: CameraStream, count: number): Promise<void> {
  let taken = 0;
  await framesUntil(stream, () => taken++ === count);
}
const kinds = (states: readonly CameraState[]) => states.map(({ kind }) => kind);

describe('a network camera', () => {
  test.each(['tcp', 'udp'] as const)('delivers pictures over %s, ascending in time', async (transport) => {
    const { url } = await serve();
    const { stream, states } = watch(config(rtsp(url, { transport })));
    const times: number[] = [];
    for await (const frame of stream) {
      expect(frame.rgb.byteLength).toBe(160 * 120 * 3);
      expect(Math.max(...frame.rgb)).toBeGreaterThan(200); // the white ball on black
      expect(frame.capturedAtMs).toBeLessThanOrEqual(Date.now() + 1);
      times.push(frame.capturedAtMs);
      if (times.length === 20) break;
    }
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? Infinity))).toBe(true);
    expect(states).toMatchObject([{ kind: 'connected', cameraId: 'door', width: 160, height: 120 }]);
  });

  test('that tells its own clock is dated by it', async () => {
    const { url } = await serve();
    const connection = openConnection(config(rtsp(url)));
    closing.push(async () => {
      await connection.close();
    });
    const deadline = Date.now() + 60_000;
    let ntpUtcMs: number | undefined;
    while (ntpUtcMs === undefined && Date.now() < deadline) {
      const step = connection.next();
      if (step.kind === 'ended') throw new Error(step.loss.detail);
      if (step.kind !== 'frame') continue;
      ntpUtcMs = step.sample.ntpUtcMs;
      step.sample.release();
    }
    // The server runs on this machine: a wrong epoch would be off by years, a wrong unit by more.
    expect(Math.abs((ntpUtcMs ?? NaN) - Date.now())).toBeLessThan(60_000);
  });

  test('that is killed is lost, and returns by itself when it is back', async () => {
    const server = await serve();
    const { stream, states } = watch(config(rtsp(server.url)));
    await takeFrames(stream, 5);
    await server.kill();
    const lost = framesUntil(stream, () => kinds(states).includes('recovered'));
    await until(() => kinds(states).includes('lost'));
    expect(states.at(-1)).toMatchObject({ kind: 'lost', cameraId: 'door' });
    await serve({ port: server.port });
    await lost;
    expect(kinds(states)).toEqual(['connected', 'lost', 'recovered']);
    const recovered = states.at(-1);
    expect(recovered?.kind === 'recovered' && recovered.attempts > 0 && recovered.downSeconds > 0).toBe(true);
    await takeFrames(stream, 5);
  });

  test('that falls silent is found by the watchdog, and returns', async () => {
    const server = await serve();
    const { stream, states } = watch(config(rtsp(server.url), 2));
    await takeFrames(stream, 5);
    server.freeze();
    const back = framesUntil(stream, () => kinds(states).includes('recovered'));
    await until(() => kinds(states).includes('lost'));
    expect(states.at(-1)).toMatchObject({ kind: 'lost', reason: 'stalled' });
    server.thaw();
    await back;
    expect(kinds(states)).toEqual(['connected', 'lost', 'recovered']);
  });

  test('that is silent can be closed', async () => {
    const server = await serve();
    const { stream } = watch(config(rtsp(server.url), 30));
    await takeFrames(stream, 2);
    server.freeze();
    await stream.close();
    expect(await stream.nextFrame()).toBeUndefined();
  });

  test('that nobody has built yet is unreachable, and connects when it is there', async () => {
    const port = await freePort();
    const { stream, states } = watch(config(rtsp(`rtsp://127.0.0.1:${port}/door`)));
    const connected = framesUntil(stream, () => kinds(states).includes('connected'));
    await until(() => kinds(states).includes('lost'));
    expect(states).toMatchObject([{ kind: 'lost', reason: 'unreachable' }]);
    await serve({ port });
    await connected;
    expect(kinds(states)).toEqual(['lost', 'connected']);
  });

  test('with a login delivers; with a wrong one says so, and never the password', async () => {
    const server = await serve({ login: { user: 'ann', password: PASSWORD } });
    const source = rtsp(server.url, { credentials: 'DOOR_LOGIN' });
    const right = watch(config(source), { environment: { DOOR_LOGIN: `ann:${PASSWORD}` } });
    await takeFrames(right.stream, 3);

    const wrong = watch(config(source), { environment: { DOOR_LOGIN: `ann:${PASSWORD}x` } });
    const waiting = wrong.stream.nextFrame();
    await until(() => wrong.states.length > 0);
    expect(wrong.states).toMatchObject([
      {
        kind: 'lost',
        reason: 'error',
        detail: 'The camera refuses the login in the environment variable DOOR_LOGIN.',
      },
    ]);
    expect(JSON.stringify(wrong.states)).not.toContain(PASSWORD);
    await wrong.stream.close();
    expect(await waiting).toBeUndefined();

    const none = watch(config(rtsp(server.url)));
    void none.stream.nextFrame();
    await until(() => none.states.length > 0);
    expect(none.states).toMatchObject([{ detail: expect.stringContaining('source.credentials') as string }]);
  });

  test('whose login is not in the environment is an error at once', () => {
    const source = rtsp('rtsp://127.0.0.1:9/door', { credentials: 'DOOR_LOGIN' });
    expect(() => watch(config(source), { environment: {} })).toThrow('DOOR_LOGIN');
    expect(() => watch(config(source), { environment: { DOOR_LOGIN: PASSWORD } })).toThrow('user:password');
  });
});

describe('a test picture', () => {
  test('comes live: a slow consumer gets the newest and the count of what it missed', async () => {
    const { stream } = watch(config({ kind: 'test', pattern: 'ball' }));
    await takeFrames(stream, 3);
    await sleep(700);
    let dropped = 0;
    for (let index = 0; index < 5; index += 1) {
      const frame = await stream.nextFrame();
      dropped += frame?.dropped ?? 0;
      frame?.release();
    }
    expect(dropped).toBeGreaterThanOrEqual(3);
  });

  test('that GStreamer does not know is an error at once', () => {
    expect(() => watch(config({ kind: 'test', pattern: 'no-such-pattern' }))).toThrow('no-such-pattern');
  });
});

test('a camera on USB that is not plugged in is unreachable, named by its device', async () => {
  const { stream, states } = watch(config({ kind: 'v4l2', device: '/dev/video99' }));
  void stream.nextFrame();
  await until(() => states.length > 0);
  expect(states).toMatchObject([{ kind: 'lost', reason: 'unreachable' }]);
  expect(states[0]?.kind === 'lost' ? states[0].detail : '').toContain('/dev/video99');
});

describe('the check before the shop opens', () => {
  const codes = async (source: FrameSource, environment = {}) =>
    (await listCameraProblems(config(source), environment)).map(({ code }) => code);

  test('finds nothing wrong with a camera that answers, with or without a login', async () => {
    const server = await serve({ login: { user: 'ann', password: PASSWORD } });
    const environment = { DOOR_LOGIN: `ann:${PASSWORD}` };
    expect(await codes(rtsp(server.url, { credentials: 'DOOR_LOGIN' }), environment)).toEqual([]);
    expect(await codes({ kind: 'test', pattern: 'ball' })).toEqual([]);
  });

  test('names what is missing', async () => {
    const nobody = rtsp(`rtsp://127.0.0.1:${await freePort()}/door`, { credentials: 'DOOR_LOGIN' });
    expect(await codes(nobody)).toEqual(['config.secret-missing', 'camera.unreachable']);
    expect(await codes({ kind: 'v4l2', device: '/dev/video99' })).toEqual(['camera.device-missing']);
    const file = { kind: 'file', pace: 'fast', loop: false } as const;
    expect(await codes({ ...file, path: '/nowhere/film.mkv' })).toEqual(['camera.file-missing']);
    expect(await codes({ ...file, path: '/nowhere/%04d.jpg' })).toEqual(['camera.file-missing']);
  });

  test('is not deceived by something else on the port', async () => {
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(web, 'listening');
    const address = web.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const problems = await listCameraProblems(config(rtsp(`rtsp://127.0.0.1:${port}/door`)), {});
    web.close();
    expect(problems).toMatchObject([{ code: 'camera.unreachable' }]);
    expect(problems[0]?.message).toContain('not in RTSP');
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen');
    await sleep(20);
  }
}
