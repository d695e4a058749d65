/**
 * Test support: a real RTSP server (Debian's gst-rtsp-server) in a process of its own, so that tests can kill or freeze it.
 * Started with {@link import('./rtsp-server.ts').startRtspServer}; ends when its standard input closes, so that it never
 * outlives the test.
 */
import { writeSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import { loadGStreamer, openLibrary } from '../gstreamer/library.ts';
import { readSettings } from './rtsp-server.ts';

type Pointer = bigint | null;

const settings = readSettings(process.argv[2]);
loadGStreamer();
const core = openLibrary('libgstreamer-1.0.so.0', 'libgstreamer1.0-0');
const glib = openLibrary('libglib-2.0.so.0', 'libglib2.0-0');
const rtsp = openLibrary('libgstrtspserver-1.0.so.0', 'libgstrtspserver-1.0-0');
const make = (library: LibraryHandle, prototype: string) =>
  library.func(prototype) as (...values: unknown[]) => Pointer;

const server = make(rtsp, 'void *gst_rtsp_server_new()')();
make(rtsp, 'void gst_rtsp_server_set_address(void *, const char *)')(server, '127.0.0.1');
make(rtsp, 'void gst_rtsp_server_set_service(void *, const char *)')(server, String(settings.port));

const factory = make(rtsp, 'void *gst_rtsp_media_factory_new()')();
make(rtsp, 'void gst_rtsp_media_factory_set_launch(void *, const char *)')(factory, settings.launch);
make(rtsp, 'void gst_rtsp_media_factory_set_shared(void *, int)')(factory, 1);
if (settings.login !== undefined) requireLogin(settings.login.user, settings.login.password);
const mounts = make(rtsp, 'void *gst_rtsp_server_get_mount_points(void *)')(server);
make(rtsp, 'void gst_rtsp_mount_points_add_factory(void *, const char *, void *)')(
  mounts,
  settings.path,
  factory,
);

if (Number(make(rtsp, 'uint gst_rtsp_server_attach(void *, void *)')(server, null)) === 0) {
  writeSync(2, `port ${settings.port} is taken\n`);
  process.exit(1);
}
const loop = make(glib, 'void *g_main_loop_new(void *, int)')(null, 0);
// On a thread of its own: this thread listens to standard input.
glib.func('void g_main_loop_run(void *)').async(loop, () => process.exit(0));
process.stdin.on('end', () => process.exit(0)).resume();
writeSync(1, 'ready\n');

/** One role may watch, and this login has it. */
function requireLogin(user: string, password: string): void {
  const role = 'viewer';
  const permissions = make(core, 'void *gst_structure_from_string(const char *, void *)')(
    `${role},media.factory.access=(boolean)true,media.factory.construct=(boolean)true`,
    null,
  );
  make(rtsp, 'void gst_rtsp_media_factory_add_role_from_structure(void *, void *)')(factory, permissions);
  const token = make(rtsp, 'void *gst_rtsp_token_new_empty()')();
  make(rtsp, 'void gst_rtsp_token_set_string(void *, const char *, const char *)')(
    token,
    'media.factory.role',
    role,
  );
  const auth = make(rtsp, 'void *gst_rtsp_auth_new()')();
  const basic = make(rtsp, 'void *gst_rtsp_auth_make_basic(const char *, const char *)')(user, password);
  make(rtsp, 'void gst_rtsp_auth_add_basic(void *, void *, void *)')(auth, basic, token);
  make(rtsp, 'void gst_rtsp_server_set_auth(void *, void *)')(server, auth);
}
