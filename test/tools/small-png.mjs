// Pictures of a user interface in few colours, and so in a third of the bytes.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const mostColours = 256;

/**
 * Writes a screenshot again with at most 256 colours: each channel gives up its lowest bits until they are enough.
 * @param {string} path
 * @param {Buffer} png of 8 bits a channel, RGB or RGBA, not interlaced: what browsers make
 */
export function writeSmallPng(path, png) {
  const { width, height, channels, pixels } = decode(png);
  for (let bits = 8; bits > 0; bits -= 1) {
    const indexed = index(pixels, channels, bits);
    if (indexed !== undefined) return writeFileSync(path, encode({ width, height, ...indexed }));
  }
}

function decode(png) {
  const parts = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[data[9]];
      if (data[8] !== 8 || channels === undefined || data[12] !== 0) throw new Error('not a PNG that is read here');
    }
    if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  return { width, height, channels, pixels: unfilter(inflateSync(Buffer.concat(parts)), width * channels, channels) };
}

function unfilter(raw, stride, channels) {
  const rows = raw.length / (stride + 1);
  const pixels = Buffer.alloc(rows * stride);
  for (let row = 0; row < rows; row += 1) {
    const filter = raw[row * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = row * stride + x;
      const left = x < channels ? 0 : pixels[at - channels];
      const up = row === 0 ? 0 : pixels[at - stride];
      const corner = row === 0 || x < channels ? 0 : pixels[at - stride - channels];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[at] = raw[row * (stride + 1) + 1 + x] + guess;
    }
  }
  return pixels;
}

function paeth(left, up, corner) {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The pixels as places in a table of colours; undefined = there are too many. */
function index(pixels, channels, bits) {
  const places = new Map();
  const rgb = [];
  const indexes = Buffer.alloc(pixels.length / channels);
  for (let pixel = 0; pixel < indexes.length; pixel += 1) {
    const colour = [0, 1, 2].map((channel) => shade(pixels[pixel * channels + channel], bits));
    const key = colour[0] * 65536 + colour[1] * 256 + colour[2];
    let place = places.get(key);
    if (place === undefined) {
      place = places.size;
      if (place === mostColours) return undefined;
      places.set(key, place);
      rgb.push(...colour);
    }
    indexes[pixel] = place;
  }
  return { indexes, palette: Buffer.from(rgb) };
}

/** The nearest of 2^bits evenly spaced shades: black and white stay what they are. */
function shade(value, bits) {
  const most = 2 ** bits - 1;
  return Math.round((Math.round((value * most) / 255) * 255) / most);
}

function encode({ width, height, indexes, palette }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row += 1) indexes.copy(rows, row * (width + 1) + 1, row * width, (row + 1) * width);
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', data), chunk('IEND')]);
}

function chunk(type, data = Buffer.alloc(0)) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
