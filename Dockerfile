# One image for the API, the worker and the migration; which of them runs is the command's choice.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# Generates the database client, compiles, and bundles the workflows.
RUN node scripts/build.mjs && npm prune --omit=dev --no-save

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/policies ./policies
COPY --from=build /app/scripts/migrate.mjs /app/scripts/gentle.mjs /app/scripts/grants.mjs ./scripts/
COPY --from=build /app/deploy ./deploy
# Where sealed attachments lie, on a volume that takes its owner from here.
RUN mkdir /data && chown node:node /data
# The files belong to root and nothing below /app is written, so that the file system may be read-only.
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
