import { join } from 'node:path';

/** Where one node lives. */
export interface NodePlace {
  readonly id: number;
  readonly folder: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
  /** The listener with TLS and login, where tests want one. */
  readonly securePort?: number;
}

/** TLS and logins for tests of a secured connection. */
export interface BrokerSecurity {
  /** Certificate and private key of the listener, PKCS #12. */
  readonly identityPath: string;
  readonly identityPassword: string;
  readonly users: readonly { readonly name: string; readonly password: string }[];
}

const BYTES_PER_MIB = 1024 * 1024;

/** The server.properties of a node that is broker and controller at once, on loopback. */
export function brokerSettings(
  place: NodePlace,
  nodes: readonly NodePlace[],
  security?: BrokerSecurity,
): string {
  const copies = Math.min(3, nodes.length);
  const enough = Math.max(1, copies - 1);
  const listeners = [
    `PLAINTEXT://127.0.0.1:${place.brokerPort}`,
    ...(place.securePort === undefined ? [] : [`SECURE://127.0.0.1:${place.securePort}`]),
  ];
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': place.id,
    'controller.quorum.voters': nodes
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL',
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${place.controllerPort}`].join(','),
    'advertised.listeners': listeners.join(','),
    'log.dirs': join(place.folder, 'log'),

    // Topics come from ingest/topics.ts; a misspelt name must not make one.
    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    'min.insync.replicas': enough,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': enough,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': enough,

    // One record of 1 MiB with its key and headers, and room to fetch it.
    'message.max.bytes': 2 * BYTES_PER_MIB,
    'replica.fetch.max.bytes': 4 * BYTES_PER_MIB,

    // A group of one consumer needs no time for others to arrive, and a dead node is noticed in seconds.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // After kill -9 a broker is let in again when its last session is over.
    'broker.heartbeat.interval.ms': 300,
    'broker.session.timeout.ms': nodes.length === 1 ? 1_000 : 3_000,
    'controller.quorum.fetch.timeout.ms': 2_000,
    'controller.quorum.election.timeout.ms': 1_000,

    // Small: this broker shares a machine with everything else.
    'log.segment.bytes': 64 * BYTES_PER_MIB,
    'log.index.size.max.bytes': BYTES_PER_MIB,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    'log.cleaner.dedupe.buffer.size': 16 * BYTES_PER_MIB,
  };
  if (security !== undefined) {
    Object.assign(settings, {
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.secure.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': security.identityPath,
      'ssl.keystore.password': security.identityPassword,
    });
  }
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
