import type { EventLog } from '../log/event-log.ts';
import type { DeadLetter } from './dead-letter.ts';
import { listDeadLetters, replayDeadLetters, showDeadLetter, type Selection } from './dead-letters.ts';

/** How a command answers. */
export interface CommandOutput {
  /** One JSON object instead of text for people. */
  readonly json: boolean;
  readonly write: (text: string) => void;
}

/** `smart-store dead-letters list [--all]`: what waits, or with `all` also what was put back. */
export async function listCommand(log: EventLog, all: boolean, output: CommandOutput): Promise<void> {
  const letters = (await listDeadLetters(log)).filter(({ replayedAtMs }) => all || replayedAtMs === null);
  if (output.json) {
    writeJson(output, { deadLetters: letters.map(jsonOf) });
  } else if (letters.length === 0) {
    output.write('No dead letters wait.\n');
  } else {
    for (const letter of letters) output.write(lineOf(letter));
    output.write(
      '\nsmart-store dead-letters show ID tells more; replay ID, or replay --all, puts them back.\n',
    );
  }
}

/** `smart-store dead-letters show ID`: everything about one, with its bytes. */
export async function showCommand(log: EventLog, id: string, output: CommandOutput): Promise<void> {
  const letter = await showDeadLetter(log, id);
  const text = textOf(letter.value);
  if (output.json) {
    const valueBase64 = Buffer.from(letter.value).toString('base64');
    writeJson(output, { ...jsonOf(letter), valueBase64, valueText: text });
    return;
  }
  output.write(lineOf(letter));
  output.write(`key      ${printable(letter.origin.key)}\n`);
  for (const [name, value] of Object.entries(letter.origin.headers)) {
    output.write(`header   ${printable(name)}: ${printable(value)}\n`);
  }
  output.write(
    text === null
      ? `bytes    ${Buffer.from(letter.value).toString('hex')}\n`
      : `text     ${printable(text)}\n`,
  );
}

/** `smart-store dead-letters replay ID... | --all`: puts them back into the topics they came from. */
export async function replayCommand(
  log: EventLog,
  selection: Selection,
  output: CommandOutput,
): Promise<void> {
  const report = await replayDeadLetters(log, selection);
  if (output.json) {
    writeJson(output, report);
    return;
  }
  for (const { id, to } of report.replayed) {
    output.write(`${id} is back as ${to.topic}/${to.partition}/${to.offset}\n`);
  }
  for (const { id, why } of report.skipped) output.write(`${id} left as it is: ${why}\n`);
  output.write(`${report.replayed.length} replayed, ${report.skipped.length} left.\n`);
}

function writeJson(output: CommandOutput, answer: unknown): void {
  output.write(`${JSON.stringify(answer)}\n`);
}

function jsonOf({ id, reason, origin, sizeBytes, deadSinceMs, replayedAtMs }: DeadLetter) {
  return {
    id,
    reason,
    origin: { ...origin, appendedAt: isoOf(origin.appendedAtMs), appendedAtMs: undefined },
    sizeBytes,
    deadSince: isoOf(deadSinceMs),
    replayedAt: replayedAtMs === null ? null : isoOf(replayedAtMs),
  };
}

function lineOf({ id, reason, sizeBytes, deadSinceMs, replayedAtMs }: DeadLetter): string {
  const replayed = replayedAtMs === null ? '' : `, replayed ${isoOf(replayedAtMs)}`;
  return `${printable(id)}  ${isoOf(deadSinceMs)}  ${sizeBytes} bytes${replayed}\n         ${printable(reason)}\n`;
}

function isoOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}

function textOf(value: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return null;
  }
}

/** Nobody knows what a dead letter holds: control characters are spelled out, so that none can steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
