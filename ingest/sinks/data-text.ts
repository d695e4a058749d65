import type { StoreEvent } from '../events/envelope.ts';

const DATA = '"data":{';

/**
 * The JSON of an event's data. Where it is certain which part of the text that is, it is cut out; writing it anew would
 * be a seventh of the work that a record costs the sink (README.md).
 *
 * Certain is this: the text is JSON (it has been parsed). Without a backslash in it, every quote begins or ends a string, so
 * that `"data":{`, found once, is the name of a member; no other brace between the first and its own, so it is a member of
 * the event; the last of the event's names, and names stand in the order of the text as none is a number; nothing but the
 * event's own brace behind the last character. That is how every release of ours writes an event.
 *
 * @param text what the event was read from
 * @param names the event's own names in their order
 */
export function dataText(event: StoreEvent, text: string, names: readonly string[]): string {
  const at = text.indexOf(DATA);
  const isCertain =
    names.at(-1) === 'data' &&
    !names.some(isNumber) &&
    text.startsWith('{') &&
    text.indexOf('{', 1) === at + DATA.length - 1 &&
    text.lastIndexOf('"data"') === at &&
    text.endsWith('}}') &&
    !text.includes('\\');
  return isCertain ? text.slice(at + DATA.length - 1, -1) : JSON.stringify(event.data);
}

/** Such names come first, wherever they stood. */
function isNumber(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}
