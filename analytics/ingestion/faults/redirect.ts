import { Socket } from 'node:net';

/**
 * Sends connections of this process that are meant for one port of loopback to another one. A Kafka client connects to
 * the addresses that the brokers tell it, whatever it was configured with, so a wire can only be put in between here.
 * @param routes port → port
 */
export function redirectConnections(routes: ReadonlyMap<number, number>): void {
  const original = Reflect.get(Socket.prototype, 'connect') as (...args: unknown[]) => Socket;
  Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]): Socket {
    // net.connect() hands over its arguments as one list; who calls socket.connect() gives them plain.
    const [first] = args;
    const options: unknown = Array.isArray(first) ? first[0] : first;
    if (typeof options === 'object' && options !== null && 'port' in options) {
      const other = routes.get(Number(options.port));
      if (other !== undefined) options.port = other;
    }
    return original.apply(this, args);
  });
}
