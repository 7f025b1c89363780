// A base image without a registry: Debian from its mirror, Node and npm from npm. For tests and for machines
// that reach no registry; everybody else lets the Dockerfile take node:24-trixie-slim.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasImage, must, root } from "./image-tools.mjs";

const NODE_VERSION = "24.21.0";
const DEBIAN = "trixie";
/** What the Debian part of the official image holds beside a minimal system. */
const PACKAGES = "ca-certificates,libstdc++6,libatomic1";
const localBase = `localhost/roundhouse-base:node-${NODE_VERSION}-${DEBIAN}`;

/**
 * Makes it unless it is there.
 * @param {string} engine podman or docker
 */
export function makeLocalBase(engine) {
  if (hasImage(engine, localBase)) return localBase;
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-base-"));
  try {
    must("mmdebstrap", [
      "--variant=minbase",
      `--include=${PACKAGES}`,
      DEBIAN,
      join(folder, "system.tar"),
    ]);
    layOut(folder);
    const dockerfile = join(folder, "Dockerfile");
    writeFileSync(dockerfile, DOCKERFILE);
    must(engine, ["build", "-f", dockerfile, "-t", localBase, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return localBase;
}

/**
 * Node, npm and this machine's certificate authorities, where the official image has them.
 * @param {string} folder
 */
function layOut(folder) {
  const local = join(folder, "local");
  const npmAt = join(local, "lib", "node_modules", "npm");
  for (const path of [join(local, "bin"), npmAt, join(local, "etc")]) {
    mkdirSync(path, { recursive: true });
  }
  const npmVersion = /npm@([\d.]+)/.exec(JSON.stringify(packageManager()))?.[1];
  const packed = [`node-linux-${process.arch}@${NODE_VERSION}`, `npm@${npmVersion}`];
  for (const name of packed) must("npm", ["pack", "--silent", "--pack-destination", folder, name]);
  must("sh", [
    "-c",
    `cd "${folder}" && tar -xzf node-linux-*.tgz -C local/bin --strip-components=2 package/bin/node &&
     tar -xzf npm-*.tgz -C "${npmAt}" --strip-components=1`,
  ]);
  const own = "/etc/ssl/certs/ca-certificates.crt";
  if (existsSync(own)) cpSync(own, join(local, "etc", "authorities.crt"));
  else writeFileSync(join(local, "etc", "authorities.crt"), "");
}

function packageManager() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
}

// The variable is the base's alone: what is built on it starts from scratch and does not inherit it.
const DOCKERFILE = `FROM scratch
ADD system.tar /
COPY local /usr/local
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin \\
    NODE_EXTRA_CA_CERTS=/usr/local/etc/authorities.crt
`;
