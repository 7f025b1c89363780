// `npm run arrows`: who may import whom (CONTRIBUTING.md, "The arrows"). The message says what to do instead.
import { readdirSync, readFileSync } from "node:fs";

/** Each package, and the packages of ours that it may import; `protocol-*` stands for all of them. */
const arrows = {
  kernel: [],
  domain: ["kernel"],
  ledger: ["kernel"],
  shard: ["kernel", "domain", "ledger"],
  protocol: ["kernel", "domain"],
  "protocol-*": ["kernel", "domain", "protocol"],
  gateway: ["kernel", "domain", "protocol", "ledger"],
  accounts: ["kernel"],
  console: ["kernel"],
  testkit: ["kernel", "domain", "ledger", "shard", "protocol", "protocol-*", "gateway"],
  simulation: [
    "kernel",
    "domain",
    "ledger",
    "shard",
    "protocol",
    "protocol-*",
    "gateway",
    "testkit",
  ],
  roundhouse: [
    "kernel",
    "domain",
    "ledger",
    "shard",
    "protocol",
    "protocol-*",
    "gateway",
    "accounts",
    "console",
  ],
};

/** What is imported in one place only, behind a port, so that replacing it touches one file. */
const drivers = {
  "crc-32": "packages/kernel/src/ids\\.ts",
  lmdb: "packages/ledger/src/(embedded|lmdb)[^/]*\\.ts",
  ioredis: "packages/ledger/src/redis[^/]*\\.ts",
  "uws-glibc227": "packages/gateway/src/uws[^/]*\\.ts",
  "uws-glibc238": "packages/gateway/src/uws[^/]*\\.ts",
  msgpackr: "packages/(protocol-turntable|ledger)/src/msgpack[^/]*\\.ts",
  "@node-rs/argon2": "packages/accounts/src/argon2-thread\\.mjs",
  jose: "packages/accounts/src/tokens\\.ts",
  pino: "packages/roundhouse/src/log\\.ts",
  "prom-client": "packages/roundhouse/src/(metrics|[^/]*-histogram)\\.ts",
};

const TESTS = "\\.(test|contract)\\.ts$";
const names = readdirSync(new URL("packages", import.meta.url));

/** The files that the packages' manifests export: all that others may see of them. */
const doors = names.flatMap((name) => {
  const manifest = new URL(`packages/${name}/package.json`, import.meta.url);
  const entries = Object.values(JSON.parse(readFileSync(manifest, "utf8")).exports ?? {});
  const sources = entries.flatMap((entry) => (entry.source === undefined ? [] : [entry.source]));
  return sources.map((source) => `^packages/${name}/${escaped(source.replace(/^\.\//, ""))}$`);
});

const unlisted = names.filter((name) => !(patternOf(name) in arrows));
if (unlisted.length > 0) throw new Error(`No arrows for packages/${unlisted}: list them here.`);

export default {
  forbidden: [
    ...Object.entries(arrows).flatMap(([from, to]) => arrowRules(from, to)),
    ...Object.entries(drivers).map(([driver, home]) => driverRule(driver, home)),
    {
      name: "testkit-in-tests-only",
      comment:
        "The testkit is for tests and the simulation. Move what production needs into the package that owns it.",
      severity: "error",
      from: { pathNot: [TESTS, "^(test|load-tests)/", "^packages/(testkit|simulation)/"] },
      to: { path: "^packages/testkit/" },
    },
    {
      name: "through-the-door",
      comment:
        "Import @roundhouse/<package>, not its files; what is missing there, export in its index.ts.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: ["^packages/$1/", ...doors] },
    },
    {
      name: "through-the-door-from-test",
      comment: "Tests that cross packages see what users see: import @roundhouse/<package>.",
      severity: "error",
      from: { path: "^test/" },
      to: { path: "^packages/", pathNot: doors },
    },
    {
      name: "by-name",
      comment: "Import another package by its name, not by a path that leads into its folder.",
      severity: "error",
      from: { path: "^(packages/[^/]+|test|scripts)/" },
      to: {
        path: "^packages/",
        pathNot: "^$1/",
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased"], // By name, though no manifest lists it: a test of the root.
      },
    },
    {
      name: "pure-core",
      comment:
        "domain and protocol-* decide, they do no I/O: let the shell pass in what they need.",
      severity: "error",
      from: { path: "^packages/(domain|protocol|protocol-[^/]+)/src/", pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "sockets-in-the-gateway",
      comment: "Sockets belong to the gateway's carriers and to the command's admin port.",
      severity: "error",
      from: { path: "^packages/", pathNot: ["^packages/(gateway|roundhouse|testkit)/", TESTS] },
      to: { path: "^(net|tls|dgram)$" },
    },
    {
      name: "no-require",
      comment: "What createRequire loads, no check sees: only the loader of native builds may.",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/gateway/src/uws[^/]*\\.ts$" },
      to: { path: "^module$" },
    },
    {
      name: "page-without-node",
      comment: "The page runs in a browser: there is no Node there.",
      severity: "error",
      from: { path: "^packages/console/src/page/", pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-cycle",
      comment: "Two files that need each other are one file, or hide a third: take that one out.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment:
        "Nothing is there under this name: build order, a typing error, or a missing dependency.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API for other tools yet: swc reads the sources.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules"] },
    exclude: { path: ["^packages/[^/]+/(dist|bin)/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".json", ".node"],
    },
  },
};

/** Forbids everything of ours that is not listed; tests are bound too, the testkit excepted. */
function arrowRules(from, to) {
  const home = `^packages/${patternOf(from)}/`;
  const allowed = [from, ...to].map((name) => `^packages/${expressionOf(name)}/`);
  return [
    {
      name: `arrows-${from.replace("*", "all")}`,
      comment: `${from} may import ${to.join(", ") || "nothing of ours"}: arrows point down.`,
      severity: "error",
      from: { path: home.replace(patternOf(from), expressionOf(from)) },
      to: { path: "^packages/", pathNot: [...allowed, "^packages/testkit/"] },
    },
  ];
}

function driverRule(driver, home) {
  return {
    name: `driver-${driver}`,
    comment: `Only ${home.replaceAll("\\", "")} imports ${driver}: use the port it implements.`,
    severity: "error",
    from: { path: "^(packages|test)/", pathNot: [`^${home}$`, TESTS, "^test/"] },
    to: { path: `(^|/)node_modules/${escaped(driver)}(/|$)|^${escaped(driver)}$` },
  };
}

function patternOf(name) {
  return name.startsWith("protocol-") ? "protocol-*" : name;
}

function expressionOf(name) {
  return name === "protocol-*" ? "protocol-[^/]+" : escaped(name);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
