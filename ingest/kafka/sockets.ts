import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';

/** kafkajs's types say that `ssl` is always there; without tls it is null. */
type SocketArgs = Omit<ISocketFactoryArgs, 'ssl'> & { readonly ssl?: ConnectionOptions | null };

const KEEP_ALIVE_MS = 60_000;

/** The connections of one client, so that a client that does not end by itself can be cut off. */
export interface Sockets {
  readonly factory: ISocketFactory;
  /** Closes all of them; those that are asked for later are closed at once. */
  destroy(): void;
}

export function createSockets(): Sockets {
  const open = new Set<Socket>();
  let isOver = false;
  return {
    factory({ host, port, ssl, onConnect }: SocketArgs) {
      const name = isIP(host) === 0 ? { servername: host } : {};
      const socket = ssl
        ? connectTls({ host, port, ...name, ...ssl }, onConnect)
        : connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      if (isOver) socket.destroy();
      return socket;
    },
    destroy() {
      isOver = true;
      for (const socket of open) socket.destroy();
    },
  };
}
