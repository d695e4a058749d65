# The store as an image: smart-store and everything it needs, run by a user without rights.
#   docker build -t smart-store .
# The same image runs every command: docker run --rm smart-store doctor

# --- the dashboard -----------------------------------------------------------------------------------------------------
FROM node:20.20.2-bookworm-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY runtime runtime
COPY config config
COPY ingest ingest
COPY analytics analytics
COPY dashboard dashboard
RUN npm run build

# --- the packages that run ---------------------------------------------------------------------------------------------
FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

# --- the store -----------------------------------------------------------------------------------------------------------
FROM node:20.20.2-bookworm-slim
# The list is that of scripts/set-up.mjs; a test compares them.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates \
      libglib2.0-0 \
      libgstreamer1.0-0 \
      libgstreamer-plugins-base1.0-0 \
      gstreamer1.0-plugins-base \
      gstreamer1.0-plugins-good \
      gstreamer1.0-plugins-bad \
      gstreamer1.0-plugins-ugly \
      gstreamer1.0-libav \
      fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /data /cache

WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=dashboard /app/dashboard/dist dashboard/dist
COPY package.json tsconfig.json LICENSE ./
COPY runtime runtime
COPY config config
COPY ingest ingest
COPY vision vision
COPY store store
COPY analytics analytics
COPY simulation simulation
COPY bin bin

# /data must not be lost; /cache (networks, rendered videos) is built again where it is missing.
ENV NODE_ENV=production SMART_STORE_DATA=/data SMART_STORE_CACHE=/cache
VOLUME ["/data", "/cache"]
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/smart-store.js"]
CMD ["start"]
