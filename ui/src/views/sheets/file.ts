// A file of another tool, read into the page. It goes to the server as text of one request, which has
// a limit: a file beyond it is refused before it is read, with the way that has none.

import { bytesWith } from "../../base/format";

/** Beyond this many bytes a file is not read; as JSON of a request it may grow, up to 4 MiB. */
export const MOST_BYTES = 3_000_000;

/** The text of a file; an error in words where it is too large or cannot be read. */
export async function textOf(file: File): Promise<string> {
  if (file.size > MOST_BYTES) {
    throw new Error(
      `${file.name} has ${bytesWith(file.size)}, and ${bytesWith(MOST_BYTES)} can be imported here. Import it in a terminal: wirescope import FILE --workspace FOLDER.`,
    );
  }
  try {
    return await file.text();
  } catch {
    throw new Error(`${file.name} cannot be read any more. Choose it again.`);
  }
}
