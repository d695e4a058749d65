import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import { overlayOf } from '../live/overlay-of.ts';
import type { ApiDeps } from '../ports.ts';
import { CameraStatus } from '../schemas/camera.ts';
import { Overlay } from '../schemas/overlay.ts';
import { Problem } from '../schemas/problem.ts';

export type CameraRoutesOptions = Pick<ApiDeps, 'cameras' | 'nameOf'>;

const CAMERA_PARAMS = Type.Object({ cameraId: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }) });

/** Sent as it is, never serialised. */
const JPEG = Type.Unsafe<Buffer>(Type.String({ format: 'binary', description: 'the picture' }));

const routes: FastifyPluginCallbackTypebox<CameraRoutesOptions> = (app, { cameras, nameOf }, done) => {
  app.get(
    '/api/v1/cameras',
    {
      schema: {
        operationId: 'getCameras',
        tags: ['cameras'],
        summary: 'Every camera and how it is',
        response: { 200: Type.Object({ cameras: Type.Array(CameraStatus) }, { title: 'Cameras' }) },
      },
    },
    () => ({ cameras: [...cameras.list()] }),
  );

  app.get(
    '/api/v1/cameras/:cameraId/picture.jpg',
    {
      schema: {
        operationId: 'getPicture',
        tags: ['cameras'],
        summary: 'The newest picture; faces of everyone but recognised members are unrecognisable in it',
        description:
          'JPEG. The header `captured-at-ms` says when it was captured, milliseconds since 1970, UTC.',
        params: CAMERA_PARAMS,
        produces: ['image/jpeg'],
        response: { 200: JPEG, 404: Problem },
      },
    },
    (request, reply) => {
      const { cameraId } = request.params;
      known(cameraId);
      const picture = cameras.picture(cameraId);
      if (picture === undefined)
        throw new ApiError('picture.not-available', `Camera ${cameraId} is starting or lost.`);
      reply.type('image/jpeg').header('cache-control', 'no-store').header('captured-at-ms', picture.atMs);
      return Buffer.from(picture.jpeg.buffer, picture.jpeg.byteOffset, picture.jpeg.byteLength);
    },
  );

  app.get(
    '/api/v1/cameras/:cameraId/overlay',
    {
      schema: {
        operationId: 'getOverlay',
        tags: ['cameras'],
        summary: 'What the camera saw in its newest frame: boxes and decisions',
        params: CAMERA_PARAMS,
        response: { 200: Overlay, 404: Problem },
      },
    },
    (request) => {
      const { cameraId } = request.params;
      known(cameraId);
      const seen = cameras.overlay(cameraId);
      if (seen === undefined)
        throw new ApiError('overlay.not-available', `Camera ${cameraId} is starting or lost.`);
      return overlayOf(seen, nameOf);
    },
  );

  done();

  function known(cameraId: string): void {
    const ids = cameras.list().map((camera) => camera.id);
    if (!ids.includes(cameraId)) {
      throw new ApiError(
        'camera.not-found',
        `There is no camera "${cameraId}"; there is ${ids.join(', ') || 'none'}.`,
      );
    }
  }
};

export const cameraRoutes = fp(routes, {
  name: 'camera-routes',
  dependencies: ['problem-details', 'openapi'],
  fastify: '5.x',
});
