import { expect, test } from "vitest";

import { type Command, Commands } from "./commands.svelte";

const PLAIN = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const NOWHERE = { editing: false, list: false };
const LIST = { editing: false, list: true };
const FIELD = { editing: true, list: false };

function recorder(mac = false) {
  const ran: string[] = [];
  const failed: unknown[] = [];
  const commands = new Commands(mac, (error) => failed.push(error));
  const command = (id: string, keys: string[], more: Partial<Command> = {}): Command => ({
    id,
    name: id,
    group: "Test",
    keys,
    run: () => void ran.push(id),
    ...more,
  });
  return { ran, failed, commands, command };
}

test("a letter acts in a list, and nowhere else", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("next", ["j"]));
  expect(commands.press({ ...PLAIN, key: "j" }, 0, NOWHERE, true)).toBe(false);
  expect(commands.press({ ...PLAIN, key: "j" }, 0, FIELD, true)).toBe(false);
  expect(commands.press({ ...PLAIN, key: "j" }, 0, LIST, true)).toBe(true);
  expect(ran).toEqual(["next"]);
});

test("letters can be turned off, chords stay", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("next", ["j"]), command("palette", ["Ctrl+K"]));
  commands.press({ ...PLAIN, key: "j" }, 0, LIST, false);
  commands.press({ ...PLAIN, key: "k", ctrlKey: true }, 0, LIST, false);
  expect(ran).toEqual(["palette"]);
});

test("a chord acts while text is typed, unless the field needs it itself", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("send", ["Ctrl+Enter"]), command("undo", ["Ctrl+Z"]));
  commands.add(command("copy", ["Ctrl+C"]));
  expect(commands.press({ ...PLAIN, key: "Enter", ctrlKey: true }, 0, FIELD, true)).toBe(true);
  for (const key of ["z", "c"]) {
    expect(commands.press({ ...PLAIN, key, ctrlKey: true }, 0, FIELD, true)).toBe(false);
  }
  expect(ran).toEqual(["send"]);
});

test("a key that is held down deletes one thing, and walks on through a list", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("delete", ["Delete"], { once: true }), command("next", ["j"]));
  for (const key of ["Delete", "j"]) {
    commands.press({ ...PLAIN, key }, 0, LIST, true);
    expect(commands.press({ ...PLAIN, key, repeat: true }, 0, LIST, true)).toBe(true);
  }
  expect(ran).toEqual(["delete", "next", "next"]);
});

test("on a Mac, Alt with a letter types it into a field", () => {
  const { ran, commands, command } = recorder(true);
  commands.add(command("new", ["Alt+N"]));
  const press = { ...PLAIN, key: "Dead", code: "KeyN", altKey: true };
  expect(commands.press(press, 0, FIELD, true)).toBe(false);
  expect(commands.press(press, 0, NOWHERE, true)).toBe(true);
  expect(ran).toEqual(["new"]);
});

test("a question mark asks for the keys wherever no text is typed", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("keys", ["?"]));
  commands.press({ ...PLAIN, key: "?", shiftKey: true }, 0, NOWHERE, true);
  commands.press({ ...PLAIN, key: "?", shiftKey: true }, 0, FIELD, true);
  expect(ran).toEqual(["keys"]);
});

test("of two commands with one key the later that can be done wins", () => {
  const { ran, commands, command } = recorder();
  let open = false;
  commands.add(command("connect", ["Ctrl+Enter"]));
  const remove = commands.add(command("send", ["Ctrl+Enter"], { enabled: () => open }));
  const press = () => commands.press({ ...PLAIN, key: "Enter", ctrlKey: true }, 0, NOWHERE, true);
  press();
  open = true;
  press();
  remove();
  press();
  expect(ran).toEqual(["connect", "send", "connect"]);
});

test("a sequence goes before its last letter", () => {
  const { ran, commands, command } = recorder();
  commands.add(command("wire", ["g w"]), command("w", ["w"]));
  commands.press({ ...PLAIN, key: "g" }, 0, LIST, true);
  commands.press({ ...PLAIN, key: "w" }, 200, LIST, true);
  commands.press({ ...PLAIN, key: "w" }, 300, LIST, true);
  expect(ran).toEqual(["wire", "w"]);
});

test("what a command throws is told, whether at once or later", async () => {
  const { failed, commands, command } = recorder();
  const later = () => Promise.reject(new Error("later"));
  commands.add(command("later", [], { run: later }));
  expect(commands.run("later")).toBe(true);
  expect(commands.run("unknown")).toBe(false);
  await Promise.resolve();
  await Promise.resolve();
  expect(failed).toEqual([new Error("later")]);
});
