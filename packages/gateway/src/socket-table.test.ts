// The lines are real ones: Debian 12 with Linux 6.18, 2026-11-21.
import { describe, expect, it } from "vitest";
import { keyIn, placeOf, socketIn } from "./socket-table.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const LISTENS =
  "   0: 0100007F:A88B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 6434691 1 000000007f08260a 100 0 0 10 0                   ";
const IDLE =
  "   2: 0100007F:A88B 0100007F:ED16 01 00000000:00000000 02:0000002A 00000000     0        0 6434693 2 00000000c66b6512 20 0 0 10 -1                   ";
const SIX =
  "   1: 00000000000000000000000001000000:A497 00000000000000000000000001000000:9E9A 01 00000000:00000000 02:0000002A 00000000     0        0 6434780 2 000000008e283c33 20 0 0 10 -1";
const DEAF =
  "   1: 0000000000000000FFFF00000100007F:84DF 0000000000000000FFFF00000100007F:BCE2 01 00000005:00000000 01:000000F8 00000004     0        0 6385374 2 00000000d653ccb1 320 0 0 1 -1";
const FULL =
  "   3: 0100007F:878D 0100007F:D03E 01 0039DC00:00000000 04:0000003C 00000000     0        0 6435268 3 00000000307b1f04 20 0 0 15 -1                   ";

const ends = (address: string, localPort: number, remotePort: number) => {
  return { localAddress: address, localPort, remoteAddress: address, remotePort };
};

describe("a line of the kernel's table", () => {
  it.each([
    { of: "IPv4", line: IDLE, table: "tcp", ends: ends("127.0.0.1", 43_147, 60_694) },
    { of: "IPv6", line: SIX, table: "tcp6", ends: ends("::1", 42_135, 40_602) },
    {
      of: "IPv4 on a port for both",
      line: DEAF,
      table: "tcp6",
      ends: ends("::ffff:127.0.0.1", 34_015, 48_354),
    },
    {
      of: "the hundred thousandth",
      line: IDLE.replace("   2", "100000"),
      table: "tcp",
      ends: ends("127.0.0.1", 43_147, 60_694),
    },
  ] as const)("is found by both ends: $of", ({ line, table, ends }) => {
    expect(placeOf(ends, "LE")).toEqual({ table, key: keyIn(line, table) });
  });

  it("has the words of an address in the machine's own order", () => {
    const far = { ...ends("203.0.113.9", 1, 2), remoteAddress: "10.1.2.3" };
    expect(placeOf(far, "LE")?.key).toBe("097100CB:0001 0302010A:0002");
    expect(placeOf(far, "BE")?.key).toBe("CB007109:0001 0A010203:0002");
    const six = ends("2001:db8::a:b", 1, 2);
    expect(placeOf(six, "LE")?.key).toMatch(/^B80D012000000000000000000B000A00:0001 B80D0120/);
  });

  it("knows a link-local address without its interface", () => {
    const place = placeOf(ends("fe80::1", 1, 2), "LE");
    expect(placeOf(ends("fe80::1%eth0", 1, 2), "LE")).toEqual(place);
    expect(place?.table).toBe("tcp6");
  });

  it("is nowhere for a connection that is closed", () => {
    expect(placeOf({ ...ends("::1", 1, 2), remoteAddress: undefined }, "LE")).toBeUndefined();
  });

  it.each([
    { of: "who has everything", line: IDLE, seen: [0, 0, 0] },
    { of: "who answers nothing", line: DEAF, seen: [5, 4, 0] },
    { of: "who does not read, and says so", line: FULL, seen: [3_791_872, 0, 0] },
    {
      of: "who was probed in vain before",
      line: DEAF.replace("0 6385374", "7 6385374"),
      seen: [5, 4, 7],
    },
    { of: "a port", line: LISTENS, seen: [0, 0, 0] },
  ])("tells what is owed: of $of", ({ line, seen }) => {
    const [unacknowledged, retransmits, probes] = seen;
    expect(socketIn(line)).toEqual({ unacknowledged, retransmits, probes });
  });

  it("is not the head, nor half of one", () => {
    expect([socketIn(HEAD), keyIn(HEAD, "tcp")]).toEqual([undefined, undefined]);
    expect([socketIn(""), socketIn(DEAF.slice(0, 120))]).toEqual([undefined, undefined]);
  });
});
