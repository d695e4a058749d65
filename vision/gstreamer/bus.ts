import { withoutCredentials } from './credentials.ts';
import type { Out, Pointer } from './functions.ts';
import { messageSource, messageType, readError } from './layouts.ts';
import { takeString, type GStreamer } from './library.ts';

/** What a pipeline says. Texts carry no credentials. */
export type BusMessage =
  | ({ readonly kind: 'error' } & BusComplaint)
  | ({ readonly kind: 'warning' } & BusComplaint)
  | { readonly kind: 'end-of-stream'; readonly source: string }
  /** An element dropped buffers because they came too late; the numbers count since the element started. */
  | { readonly kind: 'qos'; readonly source: string; readonly processed: number; readonly dropped: number }
  | {
      readonly kind: 'state-changed';
      readonly source: string;
      readonly from: PipelineState;
      readonly to: PipelineState;
    }
  /** A message of the element's own; `name` is the name of its structure, e.g. `GstRTSPSrcTimeout`. */
  | { readonly kind: 'element'; readonly source: string; readonly name: string };

export interface BusComplaint {
  /** Name of the element that complains. */
  readonly source: string;
  readonly domain: ErrorDomain;
  /** Number inside the domain; see {@link RESOURCE_ERROR}. */
  readonly code: number;
  readonly text: string;
  /** More for developers: file, line, the server's words. */
  readonly debug: string;
}

type ErrorDomain = 'core' | 'library' | 'resource' | 'stream' | 'other';

const PIPELINE_STATES = ['void-pending', 'null', 'ready', 'paused', 'playing'] as const;
export type PipelineState = (typeof PIPELINE_STATES)[number];

/** `GstResourceError`: the codes that this project tells apart. */
export const RESOURCE_ERROR = {
  notFound: 3,
  busy: 4,
  openRead: 5,
  openReadWrite: 7,
  read: 9,
  notAuthorized: 15,
};

export interface Bus {
  /** Everything said since the last call, oldest first. Never waits. */
  poll(): BusMessage[];
}

/** `GstMessageType` */
const MESSAGE = {
  endOfStream: 1 << 0,
  error: 1 << 1,
  warning: 1 << 2,
  stateChanged: 1 << 6,
  element: 1 << 15,
  qos: 1 << 24,
};
const WANTED = Object.values(MESSAGE).reduce((all, type) => all | type, 0);

/** Reads a pipeline's bus. @param secrets texts that no message may contain, such as the camera's password */
export function createBus(gst: GStreamer, bus: Pointer, pipeline: Pointer, secrets: readonly string[]): Bus {
  const clean = (text: string) => withoutCredentials(text, secrets);
  return {
    poll() {
      const messages: BusMessage[] = [];
      for (;;) {
        const message = gst.gst_bus_timed_pop_filtered(bus, 0, WANTED);
        if (message === null) return messages;
        const value = readMessage(gst, message, pipeline, clean);
        if (value !== undefined) messages.push(value);
        gst.gst_mini_object_unref(message);
      }
    },
  };
}

function readMessage(
  gst: GStreamer,
  message: Pointer,
  pipeline: Pointer,
  clean: (text: string) => string,
): BusMessage | undefined {
  const sourceObject = messageSource(message);
  const source = sourceObject === null ? '' : takeString(gst, gst.gst_object_get_name(sourceObject));
  switch (messageType(message)) {
    case MESSAGE.error:
      return { kind: 'error', source, ...readComplaint(gst, message, 'gst_message_parse_error', clean) };
    case MESSAGE.warning:
      return { kind: 'warning', source, ...readComplaint(gst, message, 'gst_message_parse_warning', clean) };
    case MESSAGE.endOfStream:
      return { kind: 'end-of-stream', source };
    case MESSAGE.qos: {
      const [processed, dropped]: [Out<number | bigint>, Out<number | bigint>] = [[0], [0]];
      gst.gst_message_parse_qos_stats(message, [0], processed, dropped);
      return { kind: 'qos', source, processed: Number(processed[0]), dropped: Number(dropped[0]) };
    }
    case MESSAGE.stateChanged: {
      // Every element tells its own changes; only the whole pipeline's are of interest.
      if (sourceObject !== pipeline) return undefined;
      const [from, to]: [Out<number>, Out<number>] = [[0], [0]];
      gst.gst_message_parse_state_changed(message, from, to, [0]);
      return { kind: 'state-changed', source, from: stateName(from[0]), to: stateName(to[0]) };
    }
    case MESSAGE.element: {
      const structure = gst.gst_message_get_structure(message);
      if (structure === null) return undefined;
      return { kind: 'element', source, name: gst.gst_structure_get_name(structure) };
    }
    default:
      return undefined;
  }
}

function readComplaint(
  gst: GStreamer,
  message: Pointer,
  parse: 'gst_message_parse_error' | 'gst_message_parse_warning',
  clean: (text: string) => string,
): Omit<BusComplaint, 'source'> {
  const error: Out<Pointer | null> = [null];
  const debug: Out<Pointer | null> = [null];
  gst[parse](message, error, debug);
  const debugText = clean(takeString(gst, debug[0]));
  if (error[0] === null) return { domain: 'other', code: 0, text: '', debug: debugText };
  const { domain, code, message: text } = readError(error[0]);
  gst.g_error_free(error[0]);
  return {
    domain: domainName(gst.g_quark_to_string(domain)),
    code,
    text: clean(text),
    debug: debugText,
  };
}

/** The name of a `GstState`. */
export function stateName(state: number): PipelineState {
  return PIPELINE_STATES[state] ?? 'void-pending';
}

function domainName(quark: string | null): ErrorDomain {
  const name = quark?.replace(/^gst-/, '').replace(/-error-quark$/, '');
  return name === 'core' || name === 'library' || name === 'resource' || name === 'stream' ? name : 'other';
}
