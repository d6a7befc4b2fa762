import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Refusal } from './refusal.ts';

/**
 * Reads and decodes a JSON request body.
 * @param maxBytes limit for the bytes on the wire and, again, for the decompressed bytes
 * @throws Refusal 413 when too large, 415 for an unknown content-encoding, 400 when it does not decode or is not JSON
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const raw = await readCapped(request, maxBytes);
  const text = (await decode(raw, request.headers['content-encoding'] ?? 'identity', maxBytes)).toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(400, 'invalid_json', `The request body is not JSON: ${why}`);
  }
}

async function readCapped(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    // The rest is read and thrown away: answering while the client still writes would reach it as a reset connection.
    if (size <= maxBytes) kept.push(bytes);
    else kept.length = 0;
  }
  if (size > maxBytes) throw tooLarge(maxBytes);
  return Buffer.concat(kept);
}

async function decode(raw: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const options = { maxOutputLength: maxBytes };
  try {
    switch (encoding.trim().toLowerCase()) {
      case '':
      case 'identity':
        return raw;
      case 'gzip':
        return await promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)(raw, options);
      case 'zstd':
        // Absent before Node.js 22.15.
        if (typeof zlib.zstdDecompress !== 'function') break;
        return await promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)(raw, options);
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    throw new Refusal(400, 'invalid_encoding', `The request body is not valid ${encoding}.`);
  }
  throw new Refusal(415, 'unsupported_encoding', `The content-encoding "${encoding}" is not supported here.`);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, 'request_too_large', `The request body is larger than ${maxBytes} bytes.`);
}
