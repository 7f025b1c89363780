// With the kernel's own table, and a peer whose kernel answers nothing any more.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { systemClock } from "@roundhouse/kernel";
import { StreamHouse } from "@roundhouse/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { StreamWatch } from "./stream-watch.ts";

const isLinux = process.platform === "linux";

describe("a look at what peers owe", () => {
  afterEach(() => vi.useRealTimers());

  function watching() {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const said: string[] = [];
    const log = { say: (_level: string, event: string) => void said.push(event) };
    const watch = new StreamWatch({
      ...{ clock: systemClock, log, silenceMs: 40_000 },
      folder: "/nowhere", // Each look there fails, and says so once.
    });
    const place = { table: "tcp", key: "0100007F:0001 0100007F:0002" } as const;
    const stream = { place, aliveAt: 0, sentAt: 0, vanish: () => {} };
    return { watch, said, stream };
  }

  it("is taken only while somebody was sent something", async () => {
    const { watch, said, stream } = watching();
    expect(vi.getTimerCount()).toBe(0);
    watch.sent(stream);
    watch.leave(stream);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([said, vi.getTimerCount()]).toEqual([[], 0]);
    watch.sent(stream);
    await vi.advanceTimersByTimeAsync(3_000);
    await vi.waitFor(() => expect(said).toEqual(["socket_table"]));
    watch.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that fails is taken again, and not told of each time", async () => {
    const { watch, said, stream } = watching();
    watch.sent(stream);
    for (let n = 0; n < 3; n++) {
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
      await vi.advanceTimersByTimeAsync(3_000);
    }
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    expect(said).toEqual(["socket_table"]);
    watch.close();
  });
});

describe.runIf(isLinux)("a stream whose peer vanished while it was sent something", () => {
  let house: StreamHouse;
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
    house.close();
  });

  /** It logs in, and is deaf from the moment when `deafen` resolves: no packet reaches its socket. */
  async function hermit(user: string) {
    const peer = spawn("perl", ["-e", HERMIT, String(house.port), JSON.stringify(attach(user))]);
    ends.push(() => peer.kill("SIGKILL"));
    await once(peer.stdout, "data");
    const deafen = async (): Promise<void> => {
      peer.stdin.write("\n");
      await once(peer.stdout, "data");
    };
    return { deafen };
  }

  const attach = (user: string) => ({ to: "identify", attach: { user, means: "idme" } });
  const sessionOf = (user: string) => {
    for (const asked of house.asked) {
      if (asked.on === "attach" && asked.user === user) return asked.session;
    }
    throw new Error(`${user} did not come`);
  };
  const push = (user: string, text: string): void => {
    const from = "ben" as never;
    const notice = { on: "whispered", id: 1, at: 0, from, text } as const;
    const told = { on: "notices", notices: [notice], kept: false } as const;
    house.tell({ to: "session", session: sessionOf(user), told });
  };
  const gone = () => house.asked.flatMap((it) => (it.on === "detach" ? [[it.user, it.how]] : []));

  it("ends as lost, and whoever only does not read stays", { timeout: 60_000 }, async () => {
    const patient = { slowMs: 3_600_000, softBytes: 10_000_000, hardBytes: 20_000_000 };
    house = await StreamHouse.open({ silenceSeconds: 2, limits: patient });
    const { deafen } = await hermit("ana");
    const lazy = await house.enter();
    lazy.says(attach("carl"));
    await vi.waitFor(() => expect(house.asked).toHaveLength(2), { timeout: 10_000 });
    lazy.socket.pause();
    await deafen();
    for (let n = 0; n < 60; n++) push("carl", "x".repeat(100_000)); // More than kernels take.
    push("ana", "are you there?");
    await vi.waitFor(() => expect(gone()).toEqual([["ana", "lost"]]), {
      ...{ timeout: 30_000, interval: 100 },
    });
    await new Promise((resolve) => setTimeout(resolve, 6_000)); // Two looks more.
    expect(gone()).toEqual([["ana", "lost"]]);
  });
});

/** A filter at its socket drops all that comes before TCP sees it. Perl is on every Debian, needs no root. */
const HERMIT = `
use IO::Socket::INET; $| = 1;
my ($port, $line) = @ARGV;
my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die "connect: $!";
syswrite($socket, "$line\\n"); print "in\\n"; <STDIN>;
my $drop = pack("SCCL", 6, 0, 0, 0);
setsockopt($socket, 1, 26, pack("S x![P] P", 1, $drop)) or die "SO_ATTACH_FILTER: $!";
print "deaf\\n"; sleep 1000;
`;
