/**
 * A real cluster under load and a real Prometheus that asks it once a second: accounts live in it, shards are moved
 * (only then a pause exists), and when it is wanted a little goes wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateOne } from "@roundhouse/testkit";
import { Stage } from "../../load-tests/drill/cluster/stage.mjs";
import { polled } from "../integration/condition.ts";
import { account, befriend, type ScrpClient, signIn } from "../integration/scrp/scrp-client.ts";
import { Prometheus, type Series, type Target } from "./prometheus.ts";

export class LiveCluster {
  readonly prometheus: Prometheus;
  readonly #stage: Stage;
  readonly #folder: string;

  private constructor(stage: Stage, prometheus: Prometheus, folder: string) {
    this.#stage = stage;
    this.prometheus = prometheus;
    this.#folder = folder;
  }

  static async open(): Promise<LiveCluster> {
    const folder = mkdtempSync(join(tmpdir(), "roundhouse-dashboards-"));
    const settings = {
      TLS_CERT_FILE: join(folder, "tls.crt"),
      TLS_KEY_FILE: join(folder, "tls.key"),
      SCRP_TLS_PORT: "0",
    };
    writeFileSync(settings.TLS_CERT_FILE, certificateOne.cert);
    writeFileSync(settings.TLS_KEY_FILE, certificateOne.key);
    const size = { gateways: 2, shardNodes: 2, clients: 12, rooms: 4 };
    const stage = await Stage.open({ seed: 7, settings, ...size });
    const targets = targetsOf(stage);
    const prometheus = await Prometheus.start(targets);
    await polled(
      () => prometheus.range("up"),
      (series) => isWatching(series, targets.length),
    );
    return new LiveCluster(stage, prometheus, folder);
  }

  async close(): Promise<void> {
    await Promise.all([this.prometheus.stop(), this.#stage.close()]);
    rmSync(this.#folder, { recursive: true });
  }

  /** Three accounts do everything that there is a command for; somebody guesses a password. */
  async accountsLive(): Promise<void> {
    const [port] = [...this.#stage.scene.cluster.nodes.values()].flatMap(({ process }) => {
      const found = /^\s*SCRP\s.*?:(\d+)/m.exec(process.out)?.[1];
      return found === undefined ? [] : [Number(found)];
    });
    if (port === undefined) throw new Error("No gateway listens for SCRP.");
    const names = ["ana", "ben", "cleo"];
    const [ana, ben, cleo] = await Promise.all(names.map((name) => signIn(port, name)));
    if (ana === undefined || ben === undefined || cleo === undefined) throw new Error();
    await befriend([ana, "ana"], [ben, "ben"]);
    await roomLives(ana, ben, cleo);
    await ben.get("CHANGE_USER_NICKNAME", { user_nickname: "Benedict" });
    await ben.get("LOG_OUT");
    await ana.get("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "hello" });
    await ana.get("GET_USER", { user_id: "ben" });
    await ana.get("RECEIVE_MESSAGE");
    await ana.get("REMOVE_FRIEND", { subject_user_id: "ben" });
    await ben.ask("LOG_IN", account("ben", "wrong horse"));
  }

  /** A node gives all of its shards away, and takes its share back. */
  async shardsMove(): Promise<void> {
    const { cluster } = this.#stage.scene;
    await cluster.tell("shard-1", "drain", "shard-1", "--wait");
    await cluster.tell("shard-1", "drain", "shard-1", "--undo");
  }

  /** What is published gets lost, until nodes have mended all that they have a name for; a new certificate is no good. */
  async troubleComes(): Promise<void> {
    writeFileSync(join(this.#folder, "tls.crt"), "no certificate");
    const { cluster, load, redis } = this.#stage.scene;
    const mended = ["roundhouse_frame_repairs_total", "roundhouse_inbox_rereads_total"];
    await polled(
      async () => {
        await redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
        await load.run(PAUSE_MS);
        return Promise.all(mended.map((metric) => cluster.sums(metric, "cause")));
      },
      (all) => all.every((counts) => [...counts.values()].some((count) => count > 0)),
    );
    await polled(
      () => this.prometheus.range('roundhouse_certificate_changes_total{outcome="refused"} > 0'),
      (series) => series.length > 0,
    );
  }
}

/** A room by permission: one makes it and rules it, one is let in and made an admin, one is thrown out for good. */
async function roomLives(ana: ScrpClient, ben: ScrpClient, cleo: ScrpClient): Promise<void> {
  const room = { room_id: "pit" };
  await ana.get("CREATE_ROOM", { ...room, room_nickname: "The pit", room_access: 2 });
  await ben.get("ENTER_ROOM", room);
  const { request_id } = await ana.push("ENTER_ROOM_REQUEST");
  await ana.get("APPROVE_REQUEST", { request_id });
  await ben.push("REQUEST_APPROVED", (it) => it["room_id"] === "pit");
  await ana.get("SET_ADMIN", { ...room, subject_user_id: "ben" });
  await ana.get("CHANGE_ROOM_NICKNAME", { ...room, new_room_nickname: "The yard" });
  await ana.get("SEND_ROOM_MESSAGE", { ...room, message: "hello" });
  await ana.get("BAN_USER", { ...room, subject_user_id: "cleo" });
  await cleo.ask("ENTER_ROOM", room);
  await ana.get("REMOVE_USER_FROM_ROOM", { ...room, subject_user_id: "ben" });
}

function targetsOf(stage: Stage): readonly Target[] {
  return [...stage.scene.cluster.nodes.values()].map(({ adminPort, role }) => {
    return { port: adminPort, role };
  });
}

/** Every target was asked twice: from now on nothing happens without being seen to begin. */
function isWatching(series: readonly Series[], targets: number): boolean {
  const seen = series.filter(
    ({ values }) => values.filter(([, value]) => value === "1").length > 1,
  );
  return seen.length === targets;
}

const PAUSE_MS = 500;
