import { describe, expect, it } from "vitest";
import { isOperator } from "./operator.ts";

const token = "sixteen bytes or more";
const local = "127.0.0.1";
const far = "203.0.113.9";

describe("an operator", () => {
  it.each([
    { who: "this machine", peer: local, headers: { host: "127.0.0.1:9090" }, is: true },
    { who: "this machine by name", peer: local, headers: { host: "localhost:9090" }, is: true },
    { who: "this machine over IPv6", peer: "::1", headers: { host: "[::1]:9090" }, is: true },
    {
      who: "this machine, IPv4 in IPv6",
      peer: "::ffff:127.0.0.1",
      headers: { host: "LOCALHOST" },
      is: true,
    },
    {
      who: "a page with a rebound name",
      peer: local,
      headers: { host: "evil.example:9090" },
      is: false,
    },
    {
      who: "a page named like localhost",
      peer: local,
      headers: { host: "localhost.evil.example" },
      is: false,
    },
    {
      who: "a page named like 127.0.0.1",
      peer: local,
      headers: { host: "127.0.0.1.evil.example" },
      is: false,
    },
    { who: "no Host at all", peer: local, headers: {}, is: false },
    {
      who: "a proxy here",
      peer: local,
      headers: { host: "localhost", "x-forwarded-for": far },
      is: false,
    },
    {
      who: "a standard proxy here",
      peer: local,
      headers: { host: "localhost", forwarded: `for=${far}` },
      is: false,
    },
    { who: "another machine", peer: far, headers: { host: "127.0.0.1:9090" }, is: false },
    {
      who: "another machine with the token",
      peer: far,
      headers: { host: "h", authorization: `Bearer ${token}` },
      is: true,
    },
    {
      who: "the scheme in small letters",
      peer: far,
      headers: { authorization: `bearer ${token}` },
      is: true,
    },
    {
      who: "another machine with another token",
      peer: far,
      headers: { authorization: `Bearer ${token}x` },
      is: false,
    },
    {
      who: "another machine with no token",
      peer: far,
      headers: { authorization: "Bearer " },
      is: false,
    },
    {
      who: "this machine with a wrong token",
      peer: local,
      headers: { host: "localhost", authorization: "Bearer x" },
      is: false,
    },
  ])("$who: $is", ({ peer, headers, is }) => {
    expect(isOperator({ peer, headers }, token)).toBe(is);
  });

  it("needs to be on this machine when no token is set", () => {
    expect(isOperator({ peer: far, headers: { authorization: "Bearer " } }, "")).toBe(false);
    expect(isOperator({ peer: far, headers: { authorization: "Bearer x" } }, "")).toBe(false);
    expect(isOperator({ peer: local, headers: { host: "localhost" } }, "")).toBe(true);
  });
});
