import { describe, expect, it } from "vitest";

import { fromHex } from "../../base/bytes";
import { headerFields } from "./header";

const fields = (hex: string, sent = false, violations: [string, string][] = []) =>
  Object.fromEntries(headerFields(fromHex(hex), sent, violations).map((one) => [one.id, one]));

describe("the fields of a frame's header", () => {
  it("are six bits and a length in two bytes", () => {
    const read = fields("81 05");
    expect(Object.keys(read)).toEqual(["fin", "rsv", "opcode", "mask", "length"]);
    expect(read["opcode"]).toMatchObject({ name: "text", shown: "0001" });
    expect(read["length"]).toMatchObject({ shown: "5", says: "The payload has 5 bytes." });
  });

  it("say that more follows where FIN is 0", () => {
    expect(fields("01 7e 08 00")["fin"]?.says).toBe("More frames of this message follow.");
  });

  it("spell an extended length in two bytes bit by bit", () => {
    expect(fields("01 7e 08 00")["extended"]?.shown).toBe("0000 1000 0000 0000 = 2,048");
  });

  it("read an extended length in eight bytes beyond what a number holds", () => {
    const read = fields("82 7f 7f ff ff ff ff ff ff ff");
    expect(read["extended"]?.shown).toBe("= 9,223,372,036,854,775,807");
  });

  it("show the masking key after the length", () => {
    expect(fields("81 fe 00 80 de ad be ef", true)["key"]).toMatchObject({
      shown: "de ad be ef",
      bytes: [4, 7],
    });
  });

  it("put a breach on the bits that it is about", () => {
    const clause = "RFC 6455 section 5.2";
    const read = fields("c3 01", false, [
      [clause, "RSV1 is set, and no extension was agreed on."],
      [clause, "The opcode 0x3 is reserved."],
    ]);
    expect(read["rsv"]?.wrong).toHaveLength(1);
    expect(read["opcode"]?.wrong).toHaveLength(1);
    expect(read["mask"]?.wrong).toHaveLength(0);
  });

  it("end where the header was cut off", () => {
    expect(fields("81 fe 00")["extended"]).toBeUndefined();
  });
});
