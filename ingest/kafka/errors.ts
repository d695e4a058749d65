import { messageOf, UserError } from '../../runtime/errors.ts';
import type { KafkaConnection } from './connection.ts';

/** kafkajs wraps what happened in what it did about it, and several errors in one; this is what happened first. */
export function rootOf(thrown: unknown): unknown {
  let root = thrown;
  for (;;) {
    if (hasErrors(root)) root = root.errors[0];
    else if (root instanceof Error && root.cause instanceof Error) root = root.cause;
    else return root;
  }
}

/** kafkajs does not export the class that its types name. */
function hasErrors(thrown: unknown): thrown is { readonly errors: readonly unknown[] } {
  if (!(thrown instanceof Error) || !('errors' in thrown)) return false;
  return Array.isArray(thrown.errors) && thrown.errors.length > 0;
}

/** The broker's name of an error, e.g. `ILLEGAL_GENERATION`; undefined when no broker has said anything. */
export function brokerErrorOf(thrown: unknown): string | undefined {
  const root = rootOf(thrown);
  if (typeof root !== 'object' || root === null || !('type' in root)) return undefined;
  return typeof root.type === 'string' ? root.type : undefined;
}

/** Whether the same request may succeed later: the connection broke, or the broker said that it is a matter of time. */
export function mayPass(thrown: unknown): boolean {
  const root = rootOf(thrown);
  if (!(root instanceof Error) || !root.name.startsWith('KafkaJS') || isRefused(root)) return false;
  return !('retriable' in root) || root.retriable !== false;
}

/** What a person can mend about a connection, in their words; other errors come back as they are. */
export function explained(thrown: unknown, connection: KafkaConnection): unknown {
  const root = rootOf(thrown);
  if (!(root instanceof Error)) return thrown;
  const brokers = connection.brokers.join(', ');
  if (isRefused(root)) {
    const who =
      connection.sasl === undefined ? 'a store that does not log in' : `the user ${connection.sasl.user}`;
    return new UserError(
      'kafka.login-refused',
      `Kafka (kafka.brokers: ${brokers}) refuses ${who}.`,
      'Correct kafka.sasl in the configuration, or the password in the environment variable that it names.',
      { cause: thrown },
    );
  }
  if (/certificate|self.signed|altname|SSL|TLS/i.test(root.message)) {
    return new UserError(
      'kafka.tls',
      `The encrypted connection to Kafka (kafka.brokers: ${brokers}) failed: ${root.message}.`,
      'Check kafka.tls: authority must name the PEM file of whoever signed the certificates of the brokers.',
      { cause: thrown },
    );
  }
  if (UNREACHABLE.has(root.name)) {
    return new UserError(
      'kafka.unreachable',
      `None of the brokers in kafka.brokers (${brokers}) answers: ${root.message}.`,
      'Start Kafka (on this machine: npm run kafka), or correct kafka.brokers and kafka.tls in the configuration.',
      { cause: thrown },
    );
  }
  return thrown;
}

export function unknownTopic(topic: string): UserError {
  return new UserError(
    'kafka.topic-missing',
    `Kafka has no topic ${topic}; topics are named in ingest/topics.ts.`,
    'Run "smart-store topics apply", which makes what is missing.',
  );
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSLockTimeout',
]);

/** The brokers know who asks and say no. */
export function isRefused(thrown: unknown): boolean {
  const root = rootOf(thrown);
  const isLogin = root instanceof Error && root.name === 'KafkaJSSASLAuthenticationError';
  return isLogin || /AUTHENTICATION|AUTHORIZATION/.test(brokerErrorOf(root) ?? '');
}

/** For log lines: one sentence, without what the error carries. */
export const reasonOf = (thrown: unknown): string => messageOf(rootOf(thrown));
