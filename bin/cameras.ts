import type { Deployment } from '../config/schema.ts';
import { messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Members } from '../store/members/members.ts';
import type { NetworkInUse } from '../vision/faces/networks-in-use.ts';
import { startCeiling, type Ceiling } from '../vision/moments/ceiling.ts';
import { startDoor, type Door } from '../vision/moments/door.ts';
import type { Moment } from '../vision/moments/moment.ts';
import type { createClosing } from './closing.ts';
import type { createNames } from './members.ts';
import type { PreparedCamera } from './simulated.ts';

export interface CamerasDeps {
  readonly cameras: readonly PreparedCamera[];
  readonly deployment: Deployment;
  /** Where each camera stands in the configuration, for warnings. */
  readonly placeOf: (cameraId: string) => string;
  readonly onMoment: (moment: Moment) => void;
  readonly closing: ReturnType<typeof createClosing>;
}

/** The cameras that are being watched. */
export interface OpenCameras {
  readonly doors: readonly Door[];
  /** Each once, however many cameras use it. */
  readonly networks: readonly NetworkInUse[];
  /** Rejects when a camera's thread fails. */
  readonly closed: Promise<unknown>;
}

/**
 * Opens every door and ceiling camera, each in a thread of its own, all at once.
 * @throws the first failure; those that were opened are closed with everything else
 */
export async function openCameras(deps: CamerasDeps): Promise<OpenCameras> {
  const { cameras, deployment, placeOf, onMoment, closing } = deps;
  const { networks, recognition } = deployment;
  const purposeIs = (purpose: PreparedCamera['camera']['purpose']) =>
    cameras.map(({ camera }) => camera).filter((camera) => camera.purpose === purpose);
  const doorOpenings = Promise.allSettled(
    purposeIs('door').map((camera) =>
      startDoor({ camera, recognition, networks, sizePlace: placeOf(camera.id), onMoment }),
    ),
  );
  const ceilingOpenings = Promise.allSettled(
    purposeIs('ceiling').map((camera) =>
      startCeiling({ camera, networks, sizePlace: placeOf(camera.id), onMoment }),
    ),
  );
  const openings = [...(await doorOpenings), ...(await ceilingOpenings)];
  const opened = openings.flatMap((opening) => (opening.status === 'fulfilled' ? opening.value : []));
  for (const camera of opened) closing.add('camera', () => camera.close());
  for (const opening of openings) if (opening.status === 'rejected') throw opening.reason;
  return {
    doors: opened.filter(isDoor),
    networks: distinct(opened.flatMap((camera) => camera.networks)),
    closed: Promise.race(opened.map(({ closed }) => closed)),
  };
}

/**
 * Keeps the doors' galleries as the members' consents are, and the names that may be shown.
 * One refresh after the other: an older reading must never take the place of a newer one, from which somebody has withdrawn.
 */
export async function keepGalleries(
  doors: readonly Door[],
  members: Members,
  names: ReturnType<typeof createNames>,
  logger: Logger,
  closing: ReturnType<typeof createClosing>,
): Promise<void> {
  const [firstDoor] = doors;
  async function refresh(): Promise<void> {
    await names.refresh();
    if (firstDoor === undefined) return;
    const gallery = await members.galleryEntries(firstDoor.space);
    for (const door of doors) door.updateGallery(gallery);
  }
  let refreshing = Promise.resolve();
  const unsubscribe = members.onGalleryChanged(() => {
    refreshing = refreshing.then(refresh).catch((thrown: unknown) => {
      // Whom we may recognise is not known: recognise nobody.
      for (const door of doors) door.updateGallery([]);
      logger.error({ reason: messageOf(thrown) }, 'the members could not be read: nobody is recognised');
    });
  });
  closing.add('gallery', () => {
    unsubscribe();
    return undefined;
  });
  refreshing = refreshing.then(refresh);
  await refreshing;
}

const isDoor = (camera: Door | Ceiling): camera is Door => 'updateGallery' in camera;

function distinct(networks: readonly NetworkInUse[]): readonly NetworkInUse[] {
  return [...new Map(networks.map((network) => [`${network.task} ${network.name}`, network])).values()];
}
