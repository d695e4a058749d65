import { UserError } from '../../runtime/errors.ts';
import { loadGStreamer } from './library.ts';

export interface MissingElement {
  readonly element: string;
  /** The Debian package that carries it; undefined for an element that this project does not know. */
  readonly debianPackage: string | undefined;
}

const ELEMENTS_OF_PACKAGE: Readonly<Record<string, readonly string[]>> = {
  'libgstreamer1.0-0': [
    'capsfilter',
    'fakesink',
    'fakesrc',
    'filesink',
    'filesrc',
    'identity',
    'queue',
    'tee',
  ],
  'gstreamer1.0-plugins-base': [
    ...['appsink', 'appsrc', 'decodebin', 'decodebin3', 'rawvideoparse', 'uridecodebin', 'videoconvert'],
    ...['videoconvertscale', 'videorate', 'videoscale', 'videotestsrc'],
  ],
  'gstreamer1.0-plugins-good': [
    ...['avidemux', 'imagesequencesrc', 'jpegdec', 'jpegenc', 'matroskademux', 'matroskamux', 'multifilesrc'],
    ...[
      'pngdec',
      'pngenc',
      'qtdemux',
      'rtph264depay',
      'rtph264pay',
      'rtspsrc',
      'udpsrc',
      'v4l2src',
      'videobox',
    ],
  ],
  'gstreamer1.0-plugins-bad': ['h264parse', 'h265parse', 'openh264dec', 'openh264enc'],
  'gstreamer1.0-plugins-ugly': ['x264enc'],
  'gstreamer1.0-libav': [
    'avdec_h264',
    'avdec_h265',
    'avdec_mjpeg',
    'avdec_mpeg4',
    'avenc_ffv1',
    'avdec_ffv1',
  ],
};

/** Which of these elements this machine lacks. */
export function listMissingElements(names: readonly string[]): MissingElement[] {
  const gst = loadGStreamer();
  return [...new Set(names)]
    .filter((name) => {
      const factory = gst.gst_element_factory_find(name);
      if (factory !== null) gst.gst_object_unref(factory);
      return factory === null;
    })
    .map((element) => ({ element, debianPackage: debianPackageOf(element) }));
}

/**
 * Makes sure that these elements exist.
 * @throws UserError that names each missing element and the Debian package that carries it
 */
export function requireElements(names: readonly string[]): void {
  const missing = listMissingElements(names);
  if (missing.length > 0) throw missingElementsError(missing);
}

/** The Debian package that carries an element. */
export function debianPackageOf(element: string): string | undefined {
  return Object.keys(ELEMENTS_OF_PACKAGE).find((name) => ELEMENTS_OF_PACKAGE[name]?.includes(element));
}

/** The error of {@link requireElements}. */
export function missingElementsError(missing: readonly MissingElement[]): UserError {
  const names = missing.map(({ element }) => element).join(', ');
  const packages = [...new Set(missing.flatMap(({ debianPackage }) => debianPackage ?? []))];
  return new UserError(
    'gstreamer.element-missing',
    `GStreamer has no ${missing.length === 1 ? 'element' : 'elements'} ${names} on this machine.`,
    packages.length > 0
      ? `Install it: sudo apt-get install ${packages.join(' ')}`
      : `Find the plugin that carries ${names}, for instance with apt-file or gst-inspect-1.0.`,
  );
}
