import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { toUtf8 } from "./bytes";
import { crc32, zipOf } from "./zip";

test("the checksum is that of the standard's example", () => {
  expect(crc32(toUtf8("123456789"))).toBe(0xcbf43926);
});

test("another program finds every file and its text in it", () => {
  const path = join(mkdtempSync(join(tmpdir(), "zip-")), "a.zip");
  writeFileSync(
    path,
    zipOf([
      { name: "a.txt", text: "one" },
      { name: "folder/ä.txt", text: "zwei\n" },
    ]),
  );
  const script =
    "import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None;" +
    "print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))";
  const said: unknown = JSON.parse(
    execFileSync("python3", ["-c", script, path], { encoding: "utf8" }),
  );
  expect(said).toEqual({ "a.txt": "one", "folder/ä.txt": "zwei\n" });
});
