import { trace } from '@opentelemetry/api';
import { pino, type Logger } from 'pino';

export type { Logger };

/** Keys that never reach a log line, wherever they stand in an object. */
const SECRET_KEYS = [
  'password',
  'secret',
  'token',
  'authorization',
  'template',
  'embedding',
  'frame',
  'picture',
];

/**
 * The structured log of a process: JSON lines on standard error, so that standard output stays for answers.
 * The level comes from the environment variable SMART_STORE_LOG (`debug`, `info`, `warn`, `error`, `silent`); unset, a person
 * at a terminal sees warnings and a collector sees `info`.
 */
export function createLogger(part: string, level = process.env['SMART_STORE_LOG'] ?? defaultLevel()): Logger {
  return pino(
    {
      level,
      base: { part },
      mixin: activeTrace,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[withheld]' },
    },
    pino.destination(2),
  );
}

function defaultLevel(): string {
  return process.stderr.isTTY ? 'warn' : 'info';
}

/** Lines that are written within a trace name it, by OpenTelemetry's names for log formats that are not its own. */
export function activeTrace(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
