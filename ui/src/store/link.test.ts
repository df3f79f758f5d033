import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Link } from "./link.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const LOST = { phase: "lost", attempt: 1, retryAt: 0, outdated: false } as const;

test("nothing is wrong before the first attempt has failed", () => {
  const link = new Link();
  link.take({ ...LOST, phase: "connecting", attempt: 0 });
  expect(link.broken).toBe(false);
});

test("a lost server is said with the wait and what is kept", () => {
  const link = new Link();
  link.take({ ...LOST, retryAt: Date.now() + 1700 });
  expect(link.words).toBe(
    "The workbench’s server does not answer. Trying again in 2 s. What you typed is kept.",
  );
  link.now += 1700;
  expect(link.words).toContain("Trying again now.");
});

test("while it is tried again the words stay", () => {
  const link = new Link();
  link.take({ ...LOST, phase: "connecting" });
  expect([link.broken, link.words.includes("Trying again now.")]).toEqual([true, true]);
});

test("a socket that opens ends it", () => {
  const link = new Link();
  link.locked = "No key.";
  link.take({ ...LOST, phase: "open", attempt: 0 });
  expect([link.broken, link.locked]).toEqual([false, ""]);
});

test("a server of another version asks for a reload, aloud as well", () => {
  const link = new Link();
  expect(link.alarm).toBe("");
  link.take({ ...LOST, outdated: true });
  expect(link.words).toContain("Reload the page.");
  expect(link.alarm).toBe(link.words);
});
