// Orders to the server, and questions: one typed function over the table of operations. An answer
// of the server that says no is a `Refusal`, no answer at all is `Unreachable`; an abort by the
// caller stays the `AbortError` that it is.

import { type Failure, OPERATIONS, type Operations } from "../protocol/generated";

export type OperationName = keyof Operations;

/** How long an answer may take before the server counts as gone. */
export const TIMEOUT_MS = 30_000;

/** The server said no, and why. */
export class Refusal extends Error {
  readonly status: number;
  readonly failure: Failure;

  constructor(status: number, failure: Failure) {
    super(failure.error);
    this.name = "Refusal";
    this.status = status;
    this.failure = failure;
  }
}

/** The server did not answer. */
export class Unreachable extends Error {
  constructor(message = "The workbench's server does not answer.") {
    super(message);
    this.name = "Unreachable";
  }
}

type Asked<Name extends OperationName> = (Operations[Name]["path"] extends undefined
  ? { path?: undefined }
  : { path: Operations[Name]["path"] }) &
  (Operations[Name]["takes"] extends undefined
    ? { body?: undefined }
    : { body: Operations[Name]["takes"] }) & { signal?: AbortSignal; timeout?: number };

type Arguments<Name extends OperationName> =
  Record<string, never> extends Omit<Asked<Name>, "signal" | "timeout">
    ? [asked?: Asked<Name>]
    : [asked: Asked<Name>];

/** What `call` looks like; stores take it as a parameter. */
export type Call = <Name extends OperationName>(
  name: Name,
  ...rest: Arguments<Name>
) => Promise<Operations[Name]["gives"]>;

interface Loose {
  path?: Record<string, string> | undefined;
  body?: unknown;
  signal?: AbortSignal;
  timeout?: number;
}

/** The address of an operation, its parameters filled in. */
export function addressOf(name: OperationName, path: Record<string, string> = {}): string {
  return OPERATIONS[name].path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = path[parameter];
    if (value === undefined) throw new TypeError(`${name} needs the parameter ${parameter}.`);
    return encodeURIComponent(value);
  });
}

/** Make a `call` for the server at `origin`; empty is the page's own. */
export function connectApi(origin = ""): Call {
  return async function call(name, ...rest) {
    const asked = (rest[0] ?? {}) as Loose;
    const limit = AbortSignal.timeout(asked.timeout ?? TIMEOUT_MS);
    const signal = asked.signal ? AbortSignal.any([asked.signal, limit]) : limit;
    const request: RequestInit = { method: OPERATIONS[name].method, signal };
    if (asked.body instanceof Blob) {
      request.body = asked.body;
      request.headers = { "Content-Type": "application/octet-stream" };
    } else if (request.method === "POST") {
      request.body = JSON.stringify(asked.body ?? {});
      request.headers = { "Content-Type": "application/json" };
    }
    const address = origin + addressOf(name, asked.path);
    try {
      const response = await fetch(address, request);
      if (!response.ok) throw new Refusal(response.status, await failureOf(response));
      return (await (OPERATIONS[name].bytes ? response.blob() : response.json())) as never;
    } catch (error) {
      throw asWords(error, asked.signal);
    }
  };
}

/** Why the server gives nothing at an address, for what the browser itself asks for; null if it does. */
export async function refusalAt(address: string): Promise<Refusal | Unreachable | null> {
  const control = new AbortController();
  const signal = AbortSignal.any([control.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(address, { signal });
    return response.ok ? null : new Refusal(response.status, await failureOf(response));
  } catch {
    return new Unreachable();
  } finally {
    control.abort(); // what would be given is not wanted
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const plain: Failure = {
    error: `The server answered ${response.status} ${response.statusText}.`.replace(" .", "."),
  };
  const text = await response.text();
  if (response.headers.get("Content-Type")?.startsWith("text/plain") && text.trim() !== "") {
    return { error: text.trim() };
  }
  try {
    const found: unknown = JSON.parse(text);
    const tells = typeof found === "object" && found !== null && "error" in found;
    return tells ? (found as Failure) : plain;
  } catch {
    return plain;
  }
}

function asWords(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof Refusal || signal?.aborted) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new Unreachable("The workbench's server has not answered in time.");
  }
  return new Unreachable();
}

/** A sentence, and what to do, for anything that `call` can throw. */
export function inWords(error: unknown): { said: string; hint: string } {
  if (error instanceof Refusal) return { said: error.message, hint: error.failure.hint ?? "" };
  if (error instanceof Error) return { said: error.message, hint: "" };
  return { said: String(error), hint: "" };
}

/** Whether it is only that the caller changed its mind. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
