import { readFileSync } from 'node:fs';
import {
  Kafka,
  logLevel,
  type KafkaConfig,
  type logCreator,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import type { Deployment } from '../../config/schema.ts';
import { secretFrom, type Environment, type Secret } from '../../config/secret.ts';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';

/** Where the brokers are and how to be let in; made once from the configuration. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** What the brokers call us in their logs. */
  readonly clientId: string;
  /** Paths of PEM files. */
  readonly tls?: {
    readonly authority?: string | undefined;
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
  };
  readonly sasl?: {
    readonly mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain';
    readonly user: string;
    readonly password: Secret;
  };
}

const CONNECT_LIMIT_MS = 3_000;
/** One request. kafkajs's default of 30 s, five times tried, parks a caller for 150 s. */
const REQUEST_LIMIT_MS = 10_000;
/** About 3 s of tries in all; who wants to wait longer asks again (the consumer does, for ever). */
const RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 };

/** @throws UserError `config.secret-missing` */
export function kafkaConnection(settings: Deployment['kafka'], environment: Environment): KafkaConnection {
  const { brokers, tls, sasl } = settings;
  return {
    brokers,
    clientId: 'smart-store',
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined
      ? {}
      : {
          sasl: {
            mechanism: sasl.mechanism,
            user: sasl.user,
            password: secretFrom(environment, sasl.password),
          },
        }),
  };
}

/**
 * The one place where kafkajs is configured: limits, encryption, login, and a log that goes through ours.
 * @throws UserError `kafka.tls-file`
 */
export function createKafkaClient(
  connection: KafkaConnection,
  logger: Logger,
  retry: RetryOptions = {},
): Kafka {
  const { brokers, clientId, tls, sasl } = connection;
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECT_LIMIT_MS,
    authenticationTimeout: REQUEST_LIMIT_MS,
    requestTimeout: REQUEST_LIMIT_MS,
    retry: { ...RETRY, ...retry },
    logLevel: logLevel.INFO,
    logCreator: logThrough(logger),
  };
  if (tls !== undefined) {
    config.ssl = {
      ...pem('ca', 'authority', tls.authority),
      ...pem('cert', 'certificate', tls.certificate),
      ...pem('key', 'key', tls.key),
    };
  }
  if (sasl !== undefined) {
    config.sasl = saslOptions(sasl);
  }
  return new Kafka(config);
}

function saslOptions({ mechanism, user, password }: NonNullable<KafkaConnection['sasl']>): SASLOptions {
  const login = { username: user, password: password.reveal() };
  // One case a mechanism, because kafkajs types them as a union of objects.
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...login };
    case 'scram-sha-256':
      return { mechanism, ...login };
    case 'scram-sha-512':
      return { mechanism, ...login };
  }
}

function pem(option: string, key: string, path: string | undefined): Readonly<Record<string, string>> {
  if (path === undefined) return {};
  try {
    return { [option]: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new UserError(
      'kafka.tls-file',
      `kafka.tls.${key} names ${path}, which can't be read: ${messageOf(error)}`,
      'Put the PEM file there, or correct the path in the configuration.',
      { cause: error },
    );
  }
}

/** What kafkajs may tell: never payloads, passwords or records. */
const TOLD = ['broker', 'error', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime'];

/** kafkajs calls every attempt that failed an error. What really failed is thrown, so its words are only for who looks. */
function logThrough(logger: Logger): logCreator {
  return () =>
    ({ namespace, log }) => {
      const told: Record<string, unknown> = { in: namespace };
      for (const key of TOLD) {
        const value: unknown = log[key];
        if (value !== undefined) told[key] = value instanceof Error ? value.message : value;
      }
      logger.debug(told, log.message);
    };
}
