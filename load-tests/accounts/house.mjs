// A `roundhouse start` of its own, pinned to a core, on ports of its own, in a folder of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const command = join(root, "node_modules", ".bin", "roundhouse");
const TICKS_PER_SECOND = 100;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts one; `folder` of an earlier one to go on with its data. */
export async function openHouse({ folder, cores = "0", env = {} } = {}) {
  const data = folder ?? mkdtempSync(join(tmpdir(), "roundhouse-accounts-"));
  const ports = { http: 23_080, scrp: 23_015, scrpTls: 23_016, admin: 23_090 };
  const begun = performance.now();
  const child = spawn("taskset", ["-c", cores, process.execPath, command, "start"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      HTTP_PORT: String(ports.http),
      SCRP_PORT: String(ports.scrp),
      SCRP_TLS_PORT: String(ports.scrpTls),
      ADMIN_PORT: String(ports.admin),
      HOST: "127.0.0.1",
      DATA_DIR: data,
      LOG_LEVEL: "warn",
      CONNECTIONS_PER_ADDRESS_MAX: "0",
      MESSAGES_PER_SECOND_MAX: "0",
      PASSWORDS_PER_ADDRESS_MAX: "0",
      SIGN_UPS_PER_MINUTE: "0",
      ...env,
    },
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  process.on("exit", () => child.kill("SIGKILL"));
  while (!(await fetch(`http://127.0.0.1:${ports.admin}/readyz`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error("the server ended at its start");
    await sleep(10);
  }
  return {
    ports,
    data,
    readyMs: performance.now() - begun,
    cpuSeconds: () => cpuSeconds(child.pid),
    residentMb: () => residentMb(child.pid),
    async close({ keep = false } = {}) {
      child.kill("SIGTERM");
      await ended;
      if (!keep) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Of the process, all threads, and of its main thread alone. */
function cpuSeconds(pid) {
  const spent = (path) => {
    const fields = readFileSync(path, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  };
  const threads = readdirSync(`/proc/${pid}/task`).length;
  return { all: spent(`/proc/${pid}/stat`), main: spent(`/proc/${pid}/task/${pid}/stat`), threads };
}

function residentMb(pid) {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kb) / 1024;
}

export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Runs jobs, so many at a time. */
export async function inTurn(count, atOnce, job) {
  let next = 0;
  const work = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
