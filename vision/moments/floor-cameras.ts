import type { CameraId } from '../../runtime/ids.ts';

/** Which cameras are alive, and how far all of them have told. */
export interface FloorCameras {
  connected(cameraId: CameraId): void;
  lost(cameraId: CameraId): void;
  /** A camera has said what it sees at a moment. */
  told(cameraId: CameraId, atMs: number): void;
  readonly isLive: (cameraId: CameraId) => boolean;
  /** Up to here every camera has told what it saw, or is too far behind to be waited for. */
  readonly toldToMs: number;
}

/** Nobody waits longer for a camera that is behind the others. */
const LONGEST_WAIT_MS = 1_500;

export function createFloorCameras(): FloorCameras {
  const newestMs = new Map<CameraId, number>();
  const live = new Set<CameraId>();
  return {
    connected: (cameraId) => void live.add(cameraId),
    lost(cameraId) {
      live.delete(cameraId);
      newestMs.delete(cameraId);
    },
    told(cameraId, atMs) {
      live.add(cameraId);
      newestMs.set(cameraId, Math.max(atMs, newestMs.get(cameraId) ?? -Infinity));
    },
    isLive: (cameraId) => live.has(cameraId),
    get toldToMs() {
      const newest = Math.max(-Infinity, ...newestMs.values());
      return Math.min(newest, ...[...newestMs.values()].filter((atMs) => atMs >= newest - LONGEST_WAIT_MS));
    },
  };
}
