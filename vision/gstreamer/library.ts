import koffi, { type LibraryHandle } from 'koffi';
import { messageOf, UserError } from '../../runtime/errors.ts';
import {
  APP_PROTOTYPES,
  CORE_PROTOTYPES,
  VIDEO_PROTOTYPES,
  type AppFunctions,
  type CoreFunctions,
  type Int64,
  type Pointer,
  type VideoFunctions,
} from './functions.ts';
import { checkLayouts } from './layouts.ts';

/** GStreamer as this thread sees it: C functions by their C names, initialised and checked. */
export interface GStreamer extends CoreFunctions, AppFunctions, VideoFunctions {
  readonly version: string;
  /** Address of `gst_element_set_state`, to be called on one of GStreamer's own threads. */
  readonly setStateAddress: Pointer;
}

/** "No time" of GStreamer: the largest unsigned 64-bit number. */
export const CLOCK_TIME_NONE = 0xffff_ffff_ffff_ffffn;

const MINIMUM_VERSION = [1, 22] as const;
const DEBIAN_PACKAGES = {
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libgobject-2.0.so.0': 'libglib2.0-0',
  'libgstreamer-1.0.so.0': 'libgstreamer1.0-0',
  'libgstapp-1.0.so.0': 'libgstreamer-plugins-base1.0-0',
  'libgstvideo-1.0.so.0': 'libgstreamer-plugins-base1.0-0',
} as const;

let loaded: GStreamer | undefined;

/**
 * Loads the system's GStreamer into this thread, once.
 * @throws UserError when a library is missing (it names the Debian package), older than 1.22, or laid out otherwise
 */
export function loadGStreamer(): GStreamer {
  loaded ??= open();
  return loaded;
}

/** Nanoseconds of GStreamer as seconds; undefined for "no time". */
export function toSeconds(timeNs: Int64): number | undefined {
  return timeNs === CLOCK_TIME_NONE ? undefined : Number(timeNs) / 1e9;
}

/** Reads and frees a string that the C function handed over. */
export function takeString(gst: CoreFunctions, text: Pointer | null): string {
  if (text === null) return '';
  const value: unknown = koffi.decode(text, 'char', -1);
  gst.g_free(text);
  return String(value);
}

/** Opens a shared library or says which Debian package carries it. */
export function openLibrary(file: string, debianPackage: string): LibraryHandle {
  try {
    return koffi.load(file);
  } catch (cause) {
    throw new UserError(
      'gstreamer.library-missing',
      `The library ${file} could not be loaded (${messageOf(cause)}).`,
      `Install it: sudo apt-get install ${debianPackage}`,
      { cause },
    );
  }
}

function open(): GStreamer {
  if (koffi.sizeof('void *') !== 8) {
    throw new UserError(
      'gstreamer.platform',
      'GStreamer is read through 64-bit layouts; this Node.js is a 32-bit program.',
      'Use a 64-bit Node.js on x86-64 or arm64.',
    );
  }
  const library = (file: keyof typeof DEBIAN_PACKAGES) => openLibrary(file, DEBIAN_PACKAGES[file]);
  const core = library('libgstreamer-1.0.so.0');
  const glib = library('libglib-2.0.so.0');
  const gobject = library('libgobject-2.0.so.0');
  const app = library('libgstapp-1.0.so.0');
  const video = library('libgstvideo-1.0.so.0');
  const functions = {
    ...bindAll<CoreFunctions>(CORE_PROTOTYPES, (name) =>
      name.startsWith('gst_')
        ? core
        : name.startsWith('g_object_') || name.startsWith('g_value_') || name.startsWith('g_type_')
          ? gobject
          : glib,
    ),
    ...bindAll<AppFunctions>(APP_PROTOTYPES, () => app),
    ...bindAll<VideoFunctions>(VIDEO_PROTOTYPES, () => video),
  };
  const version = initialise(functions);
  checkLayouts(functions, functions, version);
  return { ...functions, version, setStateAddress: addressOf(core, 'gst_element_set_state') };
}

function initialise(gst: CoreFunctions): string {
  if (gst.gst_init_check(null, null, [null]) === 0) {
    throw new UserError(
      'gstreamer.init',
      'GStreamer could not initialise itself.',
      'Run gst-inspect-1.0 (Debian package gstreamer1.0-tools) to see why.',
    );
  }
  const [major, minor, micro]: [[number], [number], [number]] = [[0], [0], [0]];
  gst.gst_version(major, minor, micro, [0]);
  const version = `${major[0]}.${minor[0]}.${micro[0]}`;
  if (major[0] !== MINIMUM_VERSION[0] || minor[0] < MINIMUM_VERSION[1]) {
    throw new UserError(
      'gstreamer.version',
      `GStreamer ${MINIMUM_VERSION.join('.')} or a later 1.x is needed; this machine has ${version}.`,
      'Debian 12 and later and Ubuntu 23.04 and later carry it.',
    );
  }
  return version;
}

function bindAll<Functions>(
  prototypes: Readonly<Record<keyof Functions & string, string>>,
  libraryOf: (name: string) => LibraryHandle,
): Functions {
  const entries = Object.entries<string>(prototypes).map(([name, prototype]) => [
    name,
    libraryOf(name).func(prototype),
  ]);
  // The one place where C meets TypeScript: the interface and the prototypes share their keys (see functions.ts).
  return Object.fromEntries(entries) as Functions;
}

function addressOf(library: LibraryHandle, symbol: string): Pointer {
  return koffi.address(library.symbol(symbol));
}
