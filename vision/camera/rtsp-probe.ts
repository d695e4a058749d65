import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../../runtime/errors.ts';

/** What a network camera answers to a knock. */
export type RtspAnswer =
  /** It speaks RTSP; `status` is its answer to OPTIONS (RFC 2326, section 10.1). */
  | { readonly kind: 'answers'; readonly status: number }
  | { readonly kind: 'silent'; readonly detail: string };

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322 };

/** Connects to a network camera and asks for its OPTIONS. Never throws; sends no login. */
export async function probeRtsp(url: string, timeoutMs = 3000): Promise<RtspAnswer> {
  const { protocol, hostname, port } = new URL(url);
  const address = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (DEFAULT_PORTS[protocol] ?? 554),
  };
  // The certificate is judged by the stream itself; here the question is only whether somebody is there.
  const socket =
    protocol === 'rtsps:' ? connectTls({ ...address, rejectUnauthorized: false }) : connectTcp(address);
  try {
    return await askOptions(socket, url, timeoutMs);
  } catch (error) {
    return { kind: 'silent', detail: messageOf(error) };
  } finally {
    socket.destroy();
  }
}

function askOptions(socket: Socket, url: string, timeoutMs: number): Promise<RtspAnswer> {
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.setTimeout(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)));
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the connection was closed without an answer')));
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      const line = /^(.*?)\r?\n/.exec(answer)?.[1];
      if (line === undefined) return;
      const status = /^RTSP\/\d\.\d (\d{3})/.exec(line)?.[1];
      if (status === undefined) reject(new Error('something answers there, but not in RTSP'));
      else resolve({ kind: 'answers', status: Number(status) });
    });
    socket.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: smart-store\r\n\r\n`);
  });
}
