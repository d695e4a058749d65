import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A piece of network that a run can break: a port of loopback whose connections are carried to another port. A process
 * that is given this port instead of the server's own sees what a broken cable, a full switch or a firewall would do.
 */
export interface Wire {
  readonly port: number;
  /** Resets every connection and refuses new ones. */
  cut(): void;
  /** Takes bytes and carries none on, in both directions: nothing is refused, nothing arrives. */
  stall(): void;
  /** Carries again what it held back; new connections are carried. */
  mend(): void;
  /** Resets every connection; new ones are carried. */
  reset(): void;
  /**
   * The next answer is lost: it comes back from the server and the connection is reset instead. With `isAnswer` only an
   * answer to a request of that kind counts. Resolves when it has happened.
   */
  loseAnswer(kind?: RequestKind): Promise<void>;
  /**
   * The next request of this kind is carried whole, its connection is reset at once, and the server does not notice: it
   * goes on with the request while the sender believes it lost. Resolves when it has happened.
   */
  orphanRequest(kind: RequestKind): Promise<void>;
  /** The next request of this kind is cut in two: the server gets this share of its first packet. */
  cutRequest(kind: RequestKind, share: number): Promise<void>;
  close(): Promise<void>;
}

/** Recognises the first bytes of a request. */
export type RequestKind = (bytes: Buffer) => boolean;

/** An insert over HTTP. */
export const INSERT: RequestKind = (bytes) => bytes.subarray(0, 5).toString('latin1') === 'POST ';
/** Kafka's requests begin with their length (4 bytes) and what they ask (2 bytes). */
const kafkaRequest =
  (apiKey: number): RequestKind =>
  (bytes) =>
    bytes.length >= 6 && bytes.readUInt16BE(4) === apiKey;
export const KAFKA_PRODUCE = kafkaRequest(0);
export const KAFKA_OFFSET_COMMIT = kafkaRequest(8);
export const KAFKA_FETCH = kafkaRequest(1);
export const KAFKA_HEARTBEAT = kafkaRequest(12);

/** Within so long the rest of a request has followed its first packet. */
const ORPHAN_REST_MS = 20;
/** How long an orphaned request may take the server; its connection is closed then. */
const ORPHAN_LIMIT_MS = 30_000;

interface Snare {
  readonly kind: RequestKind;
  readonly deed: 'lose-answer' | 'orphan' | 'cut-request';
  readonly share: number;
  readonly done: () => void;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** Set once a request was caught whose answer must not arrive. */
  caught: Snare | undefined;
  isOrphan: boolean;
}

export async function createWire(toPort: number): Promise<Wire> {
  const connections = new Set<Connection>();
  let state: 'open' | 'cut' | 'stalled' = 'open';
  let snare: Snare | undefined;

  const server = createServer({ noDelay: true }, (near) => {
    if (state === 'cut') {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: toPort, noDelay: true });
    const connection: Connection = { near, far, caught: undefined, isOrphan: false };
    connections.add(connection);
    const end = (): void => {
      near.destroy();
      if (connection.isOrphan) return;
      connections.delete(connection);
      far.destroy();
    };
    near.on('error', end).on('close', end);
    far.on('error', end).on('close', () => {
      connections.delete(connection);
      near.destroy();
    });
    near.on('data', (bytes: Buffer) => toServer(connection, bytes));
    far.on('data', (bytes: Buffer) => toSender(connection, bytes));
    if (state === 'stalled') pause(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');

  function toServer(connection: Connection, bytes: Buffer): void {
    const { near, far } = connection;
    const caught = snare?.kind(bytes) === true ? snare : undefined;
    if (caught === undefined) {
      carry(near, far, bytes);
      return;
    }
    snare = undefined;
    switch (caught.deed) {
      case 'lose-answer':
        connection.caught = caught;
        carry(near, far, bytes);
        return;
      case 'orphan':
        connection.isOrphan = true;
        carry(near, far, bytes);
        void orphan(connection, caught);
        return;
      case 'cut-request':
        far.write(bytes.subarray(0, Math.floor(bytes.length * caught.share)), () => {
          near.resetAndDestroy();
          caught.done();
        });
    }
  }

  /** What is still on its way of this request follows it; then the sender is cut off and the server is not told. */
  async function orphan({ near, far }: Connection, { done }: Snare): Promise<void> {
    await sleep(ORPHAN_REST_MS);
    near.resetAndDestroy();
    done();
    const limit = setTimeout(() => far.destroy(), ORPHAN_LIMIT_MS).unref();
    far.once('close', () => clearTimeout(limit));
    far.once('data', () => far.end());
  }

  function toSender(connection: Connection, bytes: Buffer): void {
    const { near, far, caught, isOrphan } = connection;
    if (isOrphan) return;
    if (caught === undefined) {
      carry(far, near, bytes);
      return;
    }
    near.resetAndDestroy();
    caught.done();
  }

  function reset(): void {
    for (const { near } of connections) near.resetAndDestroy();
  }

  function set(deed: Snare['deed'], kind: RequestKind, share = 1): Promise<void> {
    return new Promise((done) => (snare = { kind, deed, share, done }));
  }

  return {
    port: address.port,
    cut() {
      state = 'cut';
      reset();
    },
    stall() {
      state = 'stalled';
      connections.forEach(pause);
    },
    mend() {
      state = 'open';
      for (const { near, far } of connections) {
        near.resume();
        far.resume();
      }
    },
    reset,
    loseAnswer: (kind = () => true) => set('lose-answer', kind),
    orphanRequest: (kind) => set('orphan', kind),
    cutRequest: (kind, share) => set('cut-request', kind, share),
    async close() {
      state = 'cut';
      server.close();
      for (const { near, far } of connections) {
        near.destroy();
        far.destroy();
      }
      await once(server, 'close');
    },
  };
}

function pause({ near, far }: Connection): void {
  near.pause();
  far.pause();
}

/** Back-pressure as on a real line: the sender is held while the other side's buffer is full. */
function carry(from: Socket, to: Socket, bytes: Buffer): void {
  if (to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
