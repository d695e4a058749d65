import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { startChild } from '../../runtime/child.ts';

/** Test support: what the RTSP server shows. */
export interface RtspServerSettings {
  readonly port: number;
  /** e.g. `/door` */
  readonly path: string;
  /** gst-rtsp-server's description: in parentheses, with a payloader named pay0. */
  readonly launch: string;
  readonly login?: { readonly user: string; readonly password: string };
}

export interface RtspServer {
  readonly url: string;
  /** Takes the process away without a word to its clients. */
  kill(): Promise<void>;
  /** Stops the process where it stands: connections stay open and silent. */
  freeze(): void;
  thaw(): void;
}

/** A moving ball, 15 frames a second, H.264. */
export function ballLaunch(width: number, height: number): string {
  return (
    `( videotestsrc is-live=true pattern=ball ! video/x-raw,width=${width},height=${height},framerate=15/1` +
    ` ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 bitrate=400` +
    ` ! rtph264pay name=pay0 pt=96 config-interval=1 )`
  );
}

/** Starts the server and waits until it accepts connections. */
export async function startRtspServer(settings: RtspServerSettings): Promise<RtspServer> {
  const child = startChild(new URL('./rtsp-server.process.ts', import.meta.url), [JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await ready(child);
  return {
    url: `rtsp://127.0.0.1:${settings.port}${settings.path}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

/** A loopback port that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Reads what {@link startRtspServer} passed to the process. */
export function readSettings(text: string | undefined): RtspServerSettings {
  const value: unknown = JSON.parse(text ?? 'null');
  if (!isSettings(value)) throw new TypeError('the RTSP server for tests is started by startRtspServer()');
  return value;
}

function isSettings(value: unknown): value is RtspServerSettings {
  return (
    typeof value === 'object' && value !== null && 'port' in value && 'launch' in value && 'path' in value
  );
}

async function ready(child: ChildProcess): Promise<void> {
  const outcome = await Promise.race([
    child.stdout === null
      ? Promise.reject(new Error('no pipe'))
      : once(child.stdout, 'data').then(() => 'ready'),
    once(child, 'exit').then(() => 'exited'),
  ]);
  if (outcome === 'exited') throw new Error('the RTSP server ended before it was ready');
}
